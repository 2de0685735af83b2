import type { ServerFrameOf } from "../gateway/protocol/server-frame.ts";
import { ClientError, type ErrorCode } from "./client-error.ts";

export type CloseReason = ServerFrameOf<"session.closed">["reason"];

/** Sign-ins that trying again cannot mend, when they say so themselves. */
export const hopeless: ReadonlySet<ErrorCode> = new Set([
  "token-refused",
  "origin-refused",
  "not-allowed",
  "unsupported",
  "bad-target",
  "unreachable",
]);

/** What the gateway's goodbye means: `bad-frames` may be our own fault, so it comes back slowly like any other loss. */
export const comesBack: Record<CloseReason, boolean> = {
  closed: false,
  replaced: false,
  "token-expired": true,
  "server-stopping": true,
  "bad-frames": true,
};

/** Nobody answered; a refusal is an answer. */
export const isSilence = (thrown: unknown): boolean =>
  thrown instanceof ClientError && thrown.code === "unreachable" && thrown.cause === undefined;
