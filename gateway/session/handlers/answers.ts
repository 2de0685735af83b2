import type { RefusalCode } from "../../protocol/causes.ts";
import type { Answer } from "../../protocol/server-frame.ts";

export const ok = (re: string): Answer => ({ type: "ok", re });

export const refused = (re: string, code: RefusalCode, text: string, retryAfterMs?: number): Answer => ({
  type: "refused",
  re,
  code,
  text,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** Somebody else's call id is answered like one that never was. */
export const unknownCall = (re: string): Answer =>
  refused(re, "unknown-call", "There is no such call in this session.");

/** Guests have no list, no address book and no line. */
export const keepsNothing = (re: string): Answer => refused(re, "unsupported", "Nothing is kept for guests.");

/** Guests are seen by nobody, and see nobody. */
export const noPresence = (re: string): Answer => refused(re, "unsupported", "Guests take no part in presence.");

export const wrongState = (re: string): Answer =>
  refused(re, "wrong-state", "The call is past the point where this is possible.");
