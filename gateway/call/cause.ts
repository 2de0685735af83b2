/**
 * Why a leg or a call ended, in the words of neither SIP nor the browser. `sip/cause.ts` translates from and to
 * status codes, `session/end-reason.ts` to what the browser is told; both are tables with a test a row.
 */
export const causeCodes = [
  "normal",
  "busy",
  "declined",
  "do-not-disturb",
  "no-answer",
  /** Their browsers were woken, and no page opened in time. */
  "asleep",
  "not-found",
  "unavailable",
  "not-allowed",
  "answered-elsewhere",
  "cancelled",
  "moved",
  "redirected",
  "not-acceptable",
  "media-failed",
  "media-timeout",
  "relay-lost",
  "network-lost",
  "peer-timeout",
  "no-ack",
  "blocked-number",
  "emergency-not-supported",
  "time-limit",
  "overload",
  "server-error",
  "stopping",
] as const;

export type CauseCode = (typeof causeCodes)[number];

/** A cause with what the network said of it. `text` is for people and never holds an address of ours. */
export interface Cause {
  readonly code: CauseCode;
  readonly sip?: number;
  readonly q850?: number;
  readonly text?: string;
}

/** RFC 3261 16.7 step 6 in our words: of several failed branches, which one the caller is told. Lower wins. */
const rank: Partial<Record<CauseCode, number>> = {
  declined: 0,
  "do-not-disturb": 0,
  busy: 1,
  redirected: 2,
  "blocked-number": 2,
  "not-allowed": 3,
  "not-acceptable": 4,
  "media-failed": 5,
  "no-answer": 6,
  asleep: 6,
  overload: 7,
  "server-error": 8,
  "peer-timeout": 9,
  "network-lost": 9,
  unavailable: 10,
  "not-found": 11,
};

/** The cause that says most about why nobody answered. */
export function bestCause(causes: readonly Cause[]): Cause {
  const weight = (cause: Cause): number => rank[cause.code] ?? 5;
  return [...causes].sort((a, b) => weight(a) - weight(b))[0] ?? { code: "unavailable" };
}
