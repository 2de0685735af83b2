import type { LegCounters, SdpOutline } from "../media/relay.ts";
import type { Cause } from "./cause.ts";
import type { LegCommand, LegFact, LegKind, Party } from "./leg.ts";
import type { Side } from "./negotiation.ts";
import type { CallState } from "./state.ts";
import type { FrameFact, Moment, SipMessageFact } from "./wire.ts";

export type { SdpOutline } from "../media/relay.ts";

/** What is kept of a description. */
export interface DescriptionNote extends SdpOutline {
  readonly kind: "offer" | "answer";
}

type Noted<Fact> = Omit<Fact, "description"> & { readonly media?: DescriptionNote };

/** What happened in a call. `leg`: the number of the leg, 0 is the caller. Values without secrets. */
export type JournalEntry =
  /** A message on a leg's far side. */
  | ({ readonly is: "wire"; readonly leg: number } & (Noted<SipMessageFact> | Noted<FrameFact>))
  /** An input of the call. */
  | { readonly is: "fact"; readonly leg: number; readonly fact: LegFact["is"]; readonly cause?: Cause }
  /** What the call asked of a leg. */
  | { readonly is: "command"; readonly leg: number; readonly command: LegCommand["do"]; readonly cause?: Cause }
  | RelayEntry
  /** What a relay said by itself. */
  | {
      readonly is: "media";
      readonly event: "digit" | "silent" | "lost";
      readonly side?: Side;
      readonly reason?: string;
    }
  | { readonly is: "state"; readonly from: CallState; readonly to: CallState; readonly input: string }
  /** What passed the relay, told when its session is closed. */
  | {
      readonly is: "counters";
      readonly relay: string;
      readonly sides: Partial<Record<Side, Omit<LegCounters, "leg">>>;
    };

/** An operation of the relay, told when it has its result. */
export interface RelayEntry {
  readonly is: "relay";
  readonly relay: string;
  readonly operation: "offer" | "answer" | "renew" | "digit";
  /** Whose description or key press it was. */
  readonly side: Side;
  readonly tookMs: number;
  readonly failed?: string;
  /** What the other side gets. */
  readonly given?: SdpOutline;
}

export interface JournalLeg {
  readonly kind: LegKind;
  readonly party: Party;
  readonly wire?: "frames" | "sip";
  readonly network?: string;
}

export interface JournalEnd {
  readonly cause: Cause;
  readonly by: "caller" | "callee" | "system";
  readonly durationMs: number;
}

/** Takes down one call. Nothing here waits, and nothing fails. */
export interface CallJournal {
  /** A leg joins, or more is known of it; they are numbered from 0, the caller. */
  leg(number: number, leg: JournalLeg): void;
  note(entry: JournalEntry, moment: Moment): void;
  /** The call is over; what its legs still send may follow. */
  ended(end: JournalEnd): void;
}

/** Where journals come from. */
export interface Journals {
  /** A reference that no other call has. */
  reference(): string;
  begin(reference: string, between: { readonly from: string; readonly to: string }): CallJournal;
}

export const noJournal: CallJournal = { leg() {}, note() {}, ended() {} };
