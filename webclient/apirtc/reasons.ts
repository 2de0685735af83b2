import type { CallEnd, EndReason } from "../index.ts";

/** How the user of this page takes part in a call. */
export type Part = "caller" | "callee";

const hungUp: Record<Part, string> = { caller: "Hangup_From_Caller", callee: "Hangup_From_Callee" };
const other: Record<Part, Part> = { caller: "callee", callee: "caller" };

/** The old words; where there was none, the new one. `normal` says who hung up. */
const reasons: Record<Exclude<EndReason, "normal">, string> = {
  busy: "User_Busy",
  declined: "User_Refused_Call",
  "no-answer": "no-answer",
  "not-found": "User_Not_Found",
  unavailable: "User_Not_Found",
  "not-allowed": "not-allowed",
  "answered-elsewhere": "call take on other device",
  cancelled: "Hangup_From_Caller",
  moved: "bye on other device",
  "media-failed": "User_Media_Error",
  "network-lost": "Ice_failed",
  "blocked-number": "blocked-number",
  "emergency-not-supported": "emergency-not-supported",
  "time-limit": "time-limit",
  overload: "overload",
  "server-error": "disconnected",
};

export function oldReason({ reason, by }: Pick<CallEnd, "reason" | "by">, part: Part): string {
  if (reason !== "normal") return reasons[reason];
  return hungUp[by === "remote" ? other[part] : part];
}
