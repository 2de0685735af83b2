import type { Cause, CauseCode } from "../call/cause.ts";
import { parseReasons, printReason } from "../sip-syntax/reason.ts";

/**
 * SIP status, Reason and Q.850 cause ↔ our cause: the one table. Status classes: RFC 3261 21; Q.850 values and
 * their status: RFC 3398 7.2 and 8.2.6.
 */
interface StatusRow {
  readonly status: number;
  readonly code: CauseCode;
}

const byStatus: readonly StatusRow[] = [
  { status: 400, code: "server-error" },
  { status: 401, code: "not-allowed" },
  { status: 403, code: "not-allowed" },
  { status: 404, code: "not-found" },
  { status: 405, code: "server-error" },
  { status: 406, code: "not-acceptable" },
  { status: 407, code: "not-allowed" },
  { status: 408, code: "no-answer" },
  { status: 410, code: "not-found" },
  { status: 415, code: "not-acceptable" },
  { status: 420, code: "server-error" },
  { status: 433, code: "not-allowed" },
  { status: 480, code: "unavailable" },
  { status: 481, code: "network-lost" },
  { status: 482, code: "server-error" },
  { status: 483, code: "server-error" },
  { status: 484, code: "not-found" },
  { status: 485, code: "not-found" },
  { status: 486, code: "busy" },
  { status: 487, code: "cancelled" },
  { status: 488, code: "not-acceptable" },
  { status: 491, code: "not-acceptable" },
  { status: 500, code: "server-error" },
  { status: 501, code: "server-error" },
  { status: 502, code: "server-error" },
  { status: 503, code: "unavailable" },
  { status: 504, code: "no-answer" },
  { status: 513, code: "server-error" },
  { status: 580, code: "media-failed" },
  { status: 600, code: "busy" },
  { status: 603, code: "declined" },
  { status: 604, code: "not-found" },
  { status: 606, code: "not-acceptable" },
  { status: 607, code: "blocked-number" },
  { status: 608, code: "blocked-number" },
];

const byClass: Readonly<Record<number, CauseCode>> = {
  3: "redirected",
  4: "unavailable",
  5: "server-error",
  6: "declined",
};

/** Q.850 cause values that say more than the status they came with. */
const byQ850: Readonly<Record<number, CauseCode>> = {
  1: "not-found",
  2: "not-found",
  3: "not-found",
  16: "normal",
  17: "busy",
  18: "no-answer",
  19: "no-answer",
  20: "unavailable",
  21: "declined",
  22: "not-found",
  27: "unavailable",
  28: "not-found",
  31: "normal",
  34: "overload",
  38: "network-lost",
  41: "network-lost",
  42: "overload",
  55: "not-allowed",
  57: "not-allowed",
  58: "unavailable",
  65: "not-acceptable",
  79: "not-acceptable",
  88: "not-acceptable",
  102: "no-answer",
};

/** How a leg that we refuse is told. */
const toStatus: Readonly<Record<CauseCode, number>> = {
  normal: 480,
  busy: 486,
  declined: 603,
  // RFC 3261 21.4.18 names it among the reasons for this status.
  "do-not-disturb": 480,
  "no-answer": 480,
  asleep: 480,
  "not-found": 404,
  unavailable: 480,
  "not-allowed": 403,
  "answered-elsewhere": 487,
  cancelled: 487,
  moved: 480,
  redirected: 480,
  "not-acceptable": 488,
  "media-failed": 488,
  "media-timeout": 480,
  "relay-lost": 503,
  "network-lost": 480,
  "peer-timeout": 408,
  "no-ack": 480,
  "blocked-number": 403,
  "emergency-not-supported": 380,
  "time-limit": 480,
  overload: 503,
  "server-error": 500,
  stopping: 503,
};

/** The cause of a final response; `made`: by our own SIP server, because the network said nothing. */
export function causeOfStatus(status: number, reasons: readonly string[] = [], made = false): Cause {
  const q850 = q850Of(reasons);
  if (made && status === 408) return { code: "peer-timeout", sip: status };
  const plain =
    byStatus.find((row) => row.status === status)?.code ?? byClass[Math.floor(status / 100)] ?? "server-error";
  const code = (q850 !== undefined && byQ850[q850]) || plain;
  return { code, sip: status, ...(q850 !== undefined && { q850 }) };
}

/** The cause of a BYE or CANCEL by its Reason header (RFC 3326). */
export function causeOfReason(reasons: readonly string[], otherwise: CauseCode): Cause {
  const parsed = parseReasons(reasons);
  const q850 = q850Of(reasons);
  const sip = parsed.find((reason) => reason.protocol.toUpperCase() === "SIP")?.cause;
  const text = parsed.find((reason) => reason.text)?.text;
  if (sip === 200 && otherwise === "cancelled") return { code: "answered-elsewhere", sip };
  const known = q850 !== undefined ? byQ850[q850] : undefined;
  return {
    code: known ?? otherwise,
    ...(sip !== undefined && { sip }),
    ...(q850 !== undefined && { q850 }),
    ...(text !== undefined && { text }),
  };
}

/** The status that refuses a call with this cause: what the network said, else the table. */
export function statusOfCause(cause: Cause): number {
  const { sip = 0, code } = cause;
  return sip >= 400 && sip < 700 && sip !== 401 && sip !== 407 ? sip : toStatus[code];
}

/** The Reason header of our CANCEL or BYE; none when the end is an ordinary one. */
export function reasonOfCause(cause: Cause): Readonly<Record<string, string>> {
  if (cause.code === "answered-elsewhere")
    return { Reason: printReason({ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }) };
  if (cause.code === "normal" || cause.code === "cancelled") return {};
  return { Reason: printReason({ protocol: "SIP", cause: statusOfCause(cause), text: cause.code }) };
}

function q850Of(reasons: readonly string[]): number | undefined {
  return parseReasons(reasons).find((reason) => reason.protocol.toUpperCase() === "Q.850")?.cause;
}
