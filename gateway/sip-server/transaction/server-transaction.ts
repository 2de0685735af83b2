import type { Clock, Timer } from "../../base/clock.ts";
import { never } from "../../base/errors.ts";
import type { Envelope } from "../../sip-syntax/envelope.ts";
import type { SipRequest } from "../../sip-syntax/message.ts";
import type { Arrival, Flow } from "../transport/flow.ts";
import { inviteServerTransaction, type ServerEffect, type ServerInput } from "./invite-server-transaction.ts";
import { nonInviteServerTransaction } from "./non-invite-server-transaction.ts";
import type { StateTable } from "./state-table.ts";
import type { Timers } from "./timers.ts";

/** What the core is told about a request that it must answer. */
export interface ServerUser {
  /** Timer H: nobody acknowledged the final response. */
  missingAck?(): void;
  transportError?(): void;
  terminated?(): void;
}

type State = string;

/** One received request on its way through its table; tables are invite-server- and non-invite-server-transaction. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly envelope: Envelope;
  readonly arrival: Arrival;
  user: ServerUser = {};
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #respond: (bytes: Buffer, failed: () => void) => void;
  readonly #responded: (status: number, again: boolean) => void;
  readonly #onEnd: () => void;
  readonly #table: StateTable<State, ServerInput, ServerEffect>;
  #state: State;
  #interval: number;
  #response: Buffer | undefined;
  #status = 0;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;

  constructor(
    request: SipRequest,
    envelope: Envelope,
    arrival: Arrival,
    context: {
      clock: Clock;
      timers: Timers;
      respond: (transaction: ServerTransaction, bytes: Buffer, failed: () => void) => void;
      responded: (transaction: ServerTransaction, status: number, again: boolean) => void;
      onEnd: (transaction: ServerTransaction) => void;
    },
  ) {
    this.request = request;
    this.envelope = envelope;
    this.arrival = arrival;
    this.#clock = context.clock;
    this.#timers = context.timers;
    this.#respond = (bytes, failed) => context.respond(this, bytes, failed);
    this.#responded = (status, again) => context.responded(this, status, again);
    this.#onEnd = () => context.onEnd(this);
    this.#interval = context.timers.T1;
    this.#table = this.#isInvite ? inviteServerTransaction : nonInviteServerTransaction;
    this.#state = this.#isInvite ? "proceeding" : "trying";
  }

  get state(): State {
    return this.#state;
  }

  /** Of the last response; 0 while there is none. */
  get status(): number {
    return this.#status;
  }

  get flow(): Flow {
    return this.arrival.flow;
  }

  /** Sends a response, printed by the core; in a state that does not allow it nothing happens. */
  respond(status: number, bytes: Buffer): void {
    const input = status < 200 ? "send 1xx" : status < 300 ? "send 2xx" : "send 300-699";
    if (!this.#table[this.#state]?.[input]) return;
    const again = this.#response === bytes;
    [this.#response, this.#status] = [bytes, status];
    this.step(input);
    this.#responded(status, again);
  }

  step(input: ServerInput): void {
    const row = this.#table[this.#state]?.[input];
    if (!row) return;
    const [to, ...effects] = row;
    this.#state = to;
    for (const effect of effects) this.#perform(effect);
    if (to === "terminated") this.#end();
  }

  /** Forgets the request unanswered: its sender does not listen any more. */
  abandon(): void {
    this.#state = "terminated";
    this.#end();
  }

  dispose(): void {
    this.#state = "terminated";
    this.#stopTimers();
  }

  get #isInvite(): boolean {
    return this.request.method === "INVITE";
  }

  #perform(effect: ServerEffect): void {
    switch (effect) {
      case "send response":
        return this.#send();
      case "repeat response":
        if (this.#response) this.#responded(this.#status, true);
        return this.#send();
      case "restart G":
        return this.#restartG();
      case "stop timers":
        return this.#stopTimers();
      case "start H":
        return this.#limitAfter(this.#timers.H, "timer H");
      case "start I":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#timers.I, "timer I");
      case "start J":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#timers.J, "timer J");
      case "start L":
        return this.#limitAfter(this.#timers.L, "timer L");
      case "report missing ACK":
        return this.user.missingAck?.();
      case "report transport error":
        return this.user.transportError?.();
      default:
        return never(effect);
    }
  }

  #send(): void {
    if (this.#response) this.#respond(this.#response, () => this.step("transport error"));
  }

  /** RFC 3261 17.2.1: over unreliable transports the final response is repeated at T1, 2·T1, … T2. */
  #restartG(): void {
    if (this.flow.reliable) return;
    this.#repeat = this.#clock.after(this.#interval, () => this.step("timer G"));
    this.#interval = Math.min(2 * this.#interval, this.#timers.T2);
  }

  #limitAfter(ms: number, input: ServerInput): void {
    this.#limit?.cancel();
    if (ms === 0) this.step(input);
    else this.#limit = this.#clock.after(ms, () => this.step(input));
  }

  #stopTimers(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }

  #end(): void {
    this.#stopTimers();
    this.#onEnd();
    this.user.terminated?.();
  }
}
