/** Why a call ended, as the browser is told. A closed list: clients may switch over it. */
export const endReasons = [
  "normal",
  "busy",
  "declined",
  "no-answer",
  "not-found",
  "unavailable",
  "not-allowed",
  "answered-elsewhere",
  "cancelled",
  "moved",
  "media-failed",
  "network-lost",
  "blocked-number",
  "emergency-not-supported",
  /** A guest's call was as long as it may be. */
  "time-limit",
  "overload",
  "server-error",
] as const;

export type EndReason = (typeof endReasons)[number];

/** Who ended the call, seen from the browser that is told. */
export type EndedBy = "local" | "remote" | "system";

/** What a request frame can be refused with. */
export const refusalCodes = [
  /** Not JSON, not an object, or a field that is missing or of a wrong form. */
  "bad-frame",
  /** Larger than `limits.frame`. */
  "too-large",
  /** Another frame was sent before the session was opened. */
  "not-signed-in",
  "token-expired",
  "token-refused",
  "origin-refused",
  "not-allowed",
  "bad-target",
  /** The description is not SDP, or offers nothing that a call can use. */
  "bad-description",
  /** Nothing is kept of that session, or it is somebody else's: open one. */
  "unknown-session",
  /** No call of this session has that id. */
  "unknown-call",
  /** The call is not in a state that allows the request. */
  "wrong-state",
  /** Nobody is there to whom it could be given. */
  "unavailable",
  "rate-limited",
  "unsupported",
  "overload",
  "server-error",
] as const;

export type RefusalCode = (typeof refusalCodes)[number];
