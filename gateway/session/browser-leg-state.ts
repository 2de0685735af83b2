import { isRecord } from "../base/json.ts";
import type { Description } from "../call/leg.ts";

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
}

export const isBrowserLegState = (value: unknown): value is BrowserLegState =>
  isRecord(value) &&
  [value.callId, value.reference, value.phase, value.expected].every((text) => typeof text === "string") &&
  typeof value.generation === "number" &&
  (value.talkedMs === undefined || typeof value.talkedMs === "number");
