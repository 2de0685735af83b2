import { isRecord } from "../base/json.ts";
import type { Description } from "../call/leg.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { PeerInfo } from "../protocol/values.ts";

export type LegPhase = "new" | "offered" | "answered" | "over";

/** A leg as it goes on at another node. */
export interface BrowserLegState {
  readonly callId: string;
  readonly reference: string;
  readonly phase: LegPhase;
  /** Since when both talk: milliseconds before it went. */
  readonly talkedMs?: number;
  readonly generation: number;
  readonly expected: Description["kind"];
  readonly asked: boolean;
  readonly updating: boolean;
  readonly remoteHold: boolean;
  /** Its page was left. */
  readonly left: boolean;
  /** By which of both the far end was described. */
  readonly incoming?: Extract<ServerEvent, { type: "call.incoming" }>;
  readonly outgoing?: { readonly peer: PeerInfo; readonly media: boolean };
}

export const isBrowserLegState = (value: unknown): value is BrowserLegState =>
  isRecord(value) &&
  [value.callId, value.reference, value.phase, value.expected].every((text) => typeof text === "string") &&
  typeof value.generation === "number" &&
  [value.incoming, value.outgoing].every((far) => far === undefined || (isRecord(far) && isRecord(far.peer))) &&
  (value.talkedMs === undefined || typeof value.talkedMs === "number");
