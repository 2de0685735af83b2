/**
 * A call as the user sees it:
 *
 *     dialing ──► ringing ──┐
 *        └──────────────────┼──► connected ◄──► reconnecting
 *     offered ──────────────┘        │               │
 *        └────────── ended ◄─────────┴───────────────┘   (ended from everywhere)
 */
export type CallState = "offered" | "dialing" | "ringing" | "connected" | "reconnecting" | "ended";

/** `interrupted` and `restored` are about the way of the sound, the others come from the gateway. */
export type CallInput = "ringing" | "answered" | "interrupted" | "restored" | "ended";

const table: Record<CallState, Partial<Record<CallInput, CallState>>> = {
  offered: { answered: "connected", ended: "ended" },
  dialing: { ringing: "ringing", answered: "connected", ended: "ended" },
  ringing: { answered: "connected", ended: "ended" },
  connected: { interrupted: "reconnecting", ended: "ended" },
  reconnecting: { restored: "connected", ended: "ended" },
  ended: {},
};

/** The next state; the same when the input means nothing in this one. */
export const nextCallState = (state: CallState, input: CallInput): CallState => table[state][input] ?? state;
