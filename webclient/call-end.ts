import type { EndReason } from "../gateway/protocol/causes.ts";
import type { CallEnded } from "../gateway/protocol/server-frame.ts";

export type { EndReason };

/** How a call ended. `reference` is the short code that a user reads to support. */
export type CallEnd = Readonly<Omit<CallEnded, "type" | "callId">>;

/** Ends that the gateway cannot tell, because nobody can ask it. */
const ownTexts = {
  normal: "You ended the call.",
  "network-lost": "The connection to the gateway was lost.",
  "media-failed": "The browser could not take the sound of the other side.",
} as const satisfies Partial<Record<EndReason, string>>;

export const ownEnd = (
  reason: keyof typeof ownTexts,
  facts: Pick<CallEnd, "by" | "reference" | "durationMs">,
): CallEnd => ({ ...facts, reason, text: ownTexts[reason] });
