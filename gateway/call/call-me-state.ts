/**
 * How far a visitor's telephone has come on its way into a call, as a table.
 *
 *   dialling ──► greeting ──► waiting ──► joining ──► joined
 *       └────────────┴───────────┴───────────┴───────────┴──► over
 *
 * dialling: it is looked for, and rings. greeting: it answered, the relay is told. waiting: it hears the ringing tone
 * while the far end is called. joining: the far end answered, and this one is offered its media (re-INVITE).
 */
export type CallMeState = "dialling" | "greeting" | "waiting" | "joining" | "joined" | "over";

export type CallMeInput =
  /** The visitor took the call. */
  | "answered"
  /** The relay has its description: it hears the tone. */
  | "greeted"
  /** The far end answered with an offer. */
  | "far-answered"
  /** The visitor's telephone took that offer. */
  | "updated"
  | "ended";

const table: Record<CallMeState, Partial<Record<CallMeInput, CallMeState>>> = {
  dialling: { answered: "greeting", ended: "over" },
  greeting: { greeted: "waiting", ended: "over" },
  waiting: { "far-answered": "joining", ended: "over" },
  joining: { updated: "joined", ended: "over" },
  joined: { ended: "over" },
  over: {},
};

/** The state after `input`; undefined when the input means nothing in this state and is dropped. */
export const nextCallMeState = (state: CallMeState, input: CallMeInput): CallMeState | undefined => table[state][input];
