import { isRecord } from "../base/json.ts";
import type { Answer } from "../protocol/server-frame.ts";
import type { BrowserInfo } from "../protocol/values.ts";
import type { Wishes } from "../presence/attendance.ts";
import type { LegId } from "../call/leg.ts";
import { isBrowserLegState, type BrowserLegState } from "./browser-leg-state.ts";
import type { KeptBefore } from "./kept-events.ts";
import type { ReachedMessages } from "./message-feed.ts";

/** What a page has been told, and may not have yet. */
export interface Exchange extends KeptBefore {
  readonly answers: readonly (readonly [id: string, answer: Answer])[];
  readonly reached: ReachedMessages;
}

/** A leg that goes with its page. `line`: by which the node that it was at speaks of it. */
export interface MovedLeg extends BrowserLegState {
  readonly line: LegId;
}

/** A session as it goes on at another node. Who it belongs to says the record that holds it. */
export interface SessionState {
  /** Version of this form. */
  readonly form: 1;
  readonly id: string;
  readonly address: string;
  readonly name?: string;
  readonly browser?: BrowserInfo;
  readonly wishes: Wishes;
  /** Absent when its node died: the page reads everything anew. */
  readonly exchange?: Exchange;
  /** Its calls go on. */
  readonly legs?: readonly MovedLeg[];
}

const form = 1;

/** A newer release has written it: only that goes on with the session. */
export const isNewer = (value: unknown): boolean =>
  isRecord(value) && (Number(value.form) > form || (isRecord(value.state) && isNewer(value.state)));

export const isSessionState = (value: unknown): value is SessionState =>
  isRecord(value) &&
  value.form === form &&
  typeof value.id === "string" &&
  typeof value.address === "string" &&
  isRecord(value.wishes) &&
  (value.exchange === undefined || isExchange(value.exchange)) &&
  (value.legs === undefined || (Array.isArray(value.legs) && value.legs.every(isMovedLeg)));

const isMovedLeg = (value: unknown): boolean =>
  isBrowserLegState(value) && "line" in value && typeof value.line === "string";

const isExchange = (value: unknown): value is Exchange =>
  isRecord(value) &&
  typeof value.seq === "number" &&
  [value.kept, value.answers, value.reached].every((list) => Array.isArray(list));
