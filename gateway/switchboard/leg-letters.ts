import { isRecord } from "../base/json.ts";
import type { CodecPolicy, LegCommand, LegFact, LegId, LegKind, Party } from "../call/leg.ts";
import type { WireFact } from "../call/wire.ts";
import type { Topic } from "../directory/bus.ts";
import type { QuestionKind } from "../directory/node-questions.ts";
import type { LineFrame } from "./ordered-line.ts";

/** Who of a user can be rung at your node? */
export interface LegsQuestion {
  readonly domain: string;
  readonly name: string;
  /** The session that calls. */
  readonly except?: string;
}

/** A leg that a node can make. */
export interface FoundLeg {
  readonly leg: LegId;
  readonly kind: LegKind;
  readonly party: Party;
  readonly codecs?: CodecPolicy;
  readonly wire?: "frames" | "sip";
  readonly network?: string;
  /** Its page has no connection just now. */
  readonly away?: true;
  /** Of a softphone: its Contact, by which it is known at whatever node. */
  readonly contact?: string;
}

export interface LegsAnswer {
  readonly legs: readonly FoundLeg[];
  /** The user wants no call to ring. */
  readonly undisturbed: boolean;
}

/** What the owner of a call says to the node of a leg. */
export type OwnerSays = LegCommand;

/** What the node of a leg says to the owner of its call. `age`: how long before it was said it passed, in milliseconds. */
export type HostSays =
  | { readonly is: "fact"; readonly fact: LegFact }
  | { readonly is: "wire"; readonly fact: WireFact; readonly age: number }
  /** Nothing more comes. */
  | { readonly is: "closed" };

/** A frame of the line of one leg; without one, that the leg is not known here. */
export interface LegLetter<Value> {
  readonly leg: LegId;
  readonly frame?: LineFrame<Value>;
}

const isQuestion = (value: unknown): value is LegsQuestion =>
  isRecord(value) && typeof value.domain === "string" && typeof value.name === "string";

const isAnswer = (value: unknown): value is LegsAnswer =>
  isRecord(value) && Array.isArray(value.legs) && value.legs.every(isFound);

const isFound = (value: unknown): boolean =>
  isRecord(value) && typeof value.leg === "string" && typeof value.kind === "string" && isRecord(value.party);

const letterOf =
  <Value>(isValue: (value: Record<string, unknown>) => boolean) =>
  (letter: unknown): letter is LegLetter<Value> =>
    isRecord(letter) &&
    typeof letter.leg === "string" &&
    (letter.frame === undefined || isFrame(letter.frame, isValue));

const isFrame = (frame: unknown, isValue: (value: Record<string, unknown>) => boolean): boolean =>
  isRecord(frame) &&
  typeof frame.heard === "number" &&
  (frame.n === undefined || (typeof frame.n === "number" && isRecord(frame.value) && isValue(frame.value)));

const isHostSays = ({ is, fact, age }: Record<string, unknown>): boolean =>
  is === "closed" ||
  (is === "fact" && isRecord(fact) && typeof fact.is === "string") ||
  (is === "wire" && isRecord(fact) && typeof fact.protocol === "string" && typeof age === "number");

export const legsQuestion: QuestionKind<LegsQuestion, LegsAnswer> = { name: "legs", isQuestion, isAnswer };

/** To the node that has the call. */
export const toOwner = (node: string): Topic<LegLetter<HostSays>> => ({
  name: `legs/owner/${node}`,
  is: letterOf(isHostSays),
});

/** To the node that has the leg. */
export const toHost = (node: string): Topic<LegLetter<OwnerSays>> => ({
  name: `legs/host/${node}`,
  is: letterOf((command) => typeof command.do === "string"),
});
