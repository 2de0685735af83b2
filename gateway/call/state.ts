/**
 * The states of a call, as a table.
 *
 *   routing ──► ringing ──► answering ──► connected ──► ended
 *      │           │            │             ▲           ▲
 *      │           │            └► confirming ┘           │
 *      └───────────┴────────────────────┴─────────────────┘
 *
 * confirming: the caller sent no offer, ours went out with the answer, and its answer is awaited (RFC 3261 13.2.1).
 */
export type CallState = "routing" | "ringing" | "answering" | "confirming" | "connected" | "ended";

export type CallInput =
  /** The switchboard found legs to ring. */
  | "routed"
  | "unroutable"
  /** A branch rings, or sends early media. */
  | "progress"
  | "branch-answered"
  /** A branch ended or redirected and others are left, or new ones took its place. */
  | "branch-left"
  | "last-branch-left"
  /** The caller can be answered: the relay has both descriptions. */
  | "joined"
  /** The caller can be answered with an offer of the callee. */
  | "offer-joined"
  /** The caller's answer to that offer went to the callee. */
  | "confirmed"
  /** A leg that stands in the call ended. */
  | "leg-ended"
  | "ring-timeout"
  /** The relay refused, timed out, died, or reported silence. */
  | "media-failed"
  /** The gateway ends the call: stop, revoked right. */
  | "closed";

const table: Record<CallState, Partial<Record<CallInput, CallState>>> = {
  routing: {
    routed: "ringing",
    unroutable: "ended",
    "leg-ended": "ended",
    "media-failed": "ended",
    closed: "ended",
  },
  ringing: {
    progress: "ringing",
    "branch-left": "ringing",
    "branch-answered": "answering",
    "last-branch-left": "ended",
    "leg-ended": "ended",
    "ring-timeout": "ended",
    "media-failed": "ended",
    closed: "ended",
  },
  answering: {
    joined: "connected",
    "offer-joined": "confirming",
    "leg-ended": "ended",
    "media-failed": "ended",
    closed: "ended",
  },
  confirming: {
    confirmed: "connected",
    "leg-ended": "ended",
    "media-failed": "ended",
    closed: "ended",
  },
  connected: {
    "leg-ended": "ended",
    "media-failed": "ended",
    closed: "ended",
  },
  ended: {},
};

/** The state after `input`; undefined when the input means nothing in this state and is dropped. */
export function nextCallState(state: CallState, input: CallInput): CallState | undefined {
  return table[state][input];
}
