import type { Clock, Timer } from "../../base/clock.ts";
import { never } from "../../base/errors.ts";
import { bytesOf, keepBytes, type KeptBytes } from "../../base/kept-bytes.ts";
import { printMessage, type SipRequest } from "../../sip-syntax/message.ts";
import type { Arrival, Flow } from "../transport/flow.ts";
import { ackForFailure } from "./ack-for-failure.ts";
import { type ClientEffect, type ClientInput, inviteClientTransaction } from "./invite-client-transaction.ts";
import { nonInviteClientTransaction } from "./non-invite-client-transaction.ts";
import { bareRequest } from "./bare-request.ts";
import type { StateTable } from "./state-table.ts";
import type { Timers } from "./timers.ts";

/** What the core is told about a request that it sent. */
export interface ClientUser {
  response(arrival: Arrival): void;
  /** Timer B or F: to be treated as a 408 (RFC 3261 8.1.3.1). */
  timeout(): void;
  /** To be treated as a 503 (RFC 3261 8.1.3.1). */
  transportError(): void;
  /** The final response was reported; what was sent is about to be forgotten. */
  settled?(): void;
  terminated(): void;
}

/** What all client transactions work with. */
export interface ClientContext {
  readonly clock: Clock;
  readonly timers: Timers;
  sent(method: string, again: boolean): void;
  /** A final response came, for the first time. */
  answered(transaction: ClientTransaction): void;
  ended(transaction: ClientTransaction): void;
}

type State = string;

/** One sent request on its way through its table; tables are invite-client- and non-invite-client-transaction. */
export class ClientTransaction {
  /** What finds it (RFC 3261 17.1.3). */
  readonly key: string;
  /** Bytes of the request as it is sent. */
  readonly size: number;
  readonly flow: Flow;
  readonly #user: ClientUser;
  readonly #context: ClientContext;
  #request: SipRequest;
  readonly #table: StateTable<State, ClientInput, ClientEffect>;
  #state: State;
  #interval: number;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;
  /** The request until it needs no repeating any more. */
  #bytes: Buffer | undefined;
  #ack: KeptBytes | undefined;

  constructor(key: string, request: SipRequest, flow: Flow, user: ClientUser, context: ClientContext) {
    this.key = key;
    this.#request = request;
    this.#bytes = printMessage(request);
    this.size = this.#bytes.length;
    this.flow = flow;
    this.#user = user;
    this.#context = context;
    this.#interval = context.timers.T1;
    this.#table = this.#isInvite ? inviteClientTransaction : nonInviteClientTransaction;
    this.#state = this.#isInvite ? "calling" : "trying";
  }

  /** Once it is settled, only the method is left. */
  get request(): SipRequest {
    return this.#request;
  }

  get state(): State {
    return this.#state;
  }

  /** Sends the request and starts the timers (RFC 3261 17.1.1.2, 17.1.2.2). */
  start(): void {
    this.#send(this.#bytes);
    this.#context.sent(this.#request.method, false);
    const limit = this.#isInvite ? "timer B" : "timer F";
    if (!this.flow.reliable) this.#repeatAfter(this.#interval);
    this.#limitAfter(this.#context.timers.B, limit);
  }

  receive(arrival: Arrival): void {
    if (arrival.message.kind === "response") this.step(classOf(arrival.message.status), arrival);
  }

  /** One turn of the machine. */
  step(input: ClientInput, arrival?: Arrival): void {
    const row = this.#table[this.#state]?.[input];
    if (!row) return;
    const [to, ...effects] = row;
    const first = !isAnswered.has(this.#state) && isAnswered.has(to);
    this.#state = to;
    if (first) this.#bytes = undefined;
    for (const effect of effects) this.#perform(effect, arrival);
    if (first) this.#context.answered(this);
    if (to === "terminated") this.#end();
  }

  /** All that follows from the final response has happened: the request is not kept for the up to 64·T1 that are left. */
  settle(): void {
    if (this.#state === "terminated") return;
    this.#user.settled?.();
    this.#request = bareRequest(this.#request.method);
  }

  /** Ends the transaction: the core waits no longer. */
  abandon(): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    this.#end();
  }

  /** Stops without a word to anybody: the process ends. */
  dispose(): void {
    this.#state = "terminated";
    this.#stopTimers();
  }

  get #isInvite(): boolean {
    return this.#request.method === "INVITE";
  }

  #perform(effect: ClientEffect, arrival: Arrival | undefined): void {
    switch (effect) {
      case "send request":
        this.#context.sent(this.#request.method, true);
        return this.#send(this.#bytes);
      case "send ACK":
        return this.#sendAck(arrival);
      case "report response":
        return arrival && this.#user.response(arrival);
      case "report timeout":
        return this.#user.timeout();
      case "report transport error":
        return this.#user.transportError();
      case "restart A":
        return this.#repeatAfter((this.#interval *= 2));
      case "restart E":
        return this.#repeatAfter((this.#interval = Math.min(2 * this.#interval, this.#context.timers.T2)));
      case "restart E at T2":
        return this.#repeatAfter(this.#context.timers.T2);
      case "stop timers":
        return this.#stopTimers();
      case "start D":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#context.timers.D, "timer D");
      case "start K":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#context.timers.K, "timer K");
      case "start M":
        return this.#limitAfter(this.#context.timers.M, "timer M");
      default:
        return never(effect);
    }
  }

  #sendAck(arrival: Arrival | undefined): void {
    const again = this.#ack !== undefined;
    if (!this.#ack && arrival?.message.kind === "response") {
      this.#ack = keepBytes(printMessage(ackForFailure(this.#request, arrival.message)));
    }
    if (!this.#ack) return;
    this.#context.sent("ACK", again);
    this.#send(bytesOf(this.#ack));
  }

  #send(bytes: Buffer | undefined): void {
    if (bytes) this.flow.send(bytes, () => this.step("transport error"));
  }

  #repeatAfter(ms: number): void {
    this.#repeat = this.#context.clock.after(ms, () => this.step(this.#isInvite ? "timer A" : "timer E"));
  }

  #limitAfter(ms: number, input: ClientInput): void {
    this.#limit?.cancel();
    if (ms === 0) this.step(input);
    else this.#limit = this.#context.clock.after(ms, () => this.step(input));
  }

  #stopTimers(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }

  #end(): void {
    this.#stopTimers();
    this.#context.ended(this);
    this.#user.terminated();
  }
}

/** States in which a request is not repeated: what they last for, 64·T1, would be long to keep it. */
const isAnswered: ReadonlySet<State> = new Set(["completed", "accepted"]);

function classOf(status: number): ClientInput {
  return status < 200 ? "1xx" : status < 300 ? "2xx" : "300-699";
}
