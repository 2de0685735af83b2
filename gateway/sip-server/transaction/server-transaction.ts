import type { Clock, Timer } from "../../base/clock.ts";
import { never } from "../../base/errors.ts";
import { bytesOf, keepBytes, type KeptBytes } from "../../base/kept-bytes.ts";
import { ownText } from "../../base/own-text.ts";
import type { Envelope } from "../../sip-syntax/envelope.ts";
import { noParams } from "../../sip-syntax/grammar.ts";
import type { SipRequest } from "../../sip-syntax/message.ts";
import type { Arrival, Flow } from "../transport/flow.ts";
import { bareRequest } from "./bare-request.ts";
import { inviteServerTransaction, type ServerEffect, type ServerInput } from "./invite-server-transaction.ts";
import { nonInviteServerTransaction } from "./non-invite-server-transaction.ts";
import type { StateTable } from "./state-table.ts";
import type { Timers } from "./timers.ts";

/** What the core is told about a request that it must answer. */
export interface ServerUser {
  /** Timer H: nobody acknowledged the final response. */
  missingAck?(): void;
  transportError?(): void;
  /** The final response is out; what was received is about to be forgotten. */
  settled?(): void;
  terminated?(): void;
}

/** What all server transactions work with. */
export interface ServerContext {
  readonly clock: Clock;
  readonly timers: Timers;
  respond(transaction: ServerTransaction, bytes: Buffer, failed: () => void): void;
  responded(transaction: ServerTransaction, status: number, again: boolean): void;
  ended(transaction: ServerTransaction): void;
}

type State = string;

/** Whoever has nothing to hear. */
export const nobody: ServerUser = {};

/** One received request on its way through its table; tables are invite-server- and non-invite-server-transaction. */
export class ServerTransaction {
  /** What finds it (RFC 3261 17.2.3), and what a merged copy would share; undefined when none is looked for. */
  readonly key: string;
  mergeKey: string | undefined;
  /** The tag that its responses bear, for a CANCEL that comes late. */
  toTag: string | undefined;
  user: ServerUser = nobody;
  readonly #context: ServerContext;
  #request: SipRequest;
  #envelope: Envelope;
  #arrival: Arrival;
  readonly #table: StateTable<State, ServerInput, ServerEffect>;
  #state: State;
  #interval: number;
  /** Once it is settled, in the form for what is hardly ever sent again. */
  #response: Buffer | KeptBytes | undefined;
  #status = 0;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;

  constructor(key: string, arrival: Arrival, request: SipRequest, envelope: Envelope, context: ServerContext) {
    this.key = key;
    this.#request = request;
    this.#envelope = envelope;
    this.#arrival = arrival;
    this.#context = context;
    this.#interval = context.timers.T1;
    this.#table = this.#isInvite ? inviteServerTransaction : nonInviteServerTransaction;
    this.#state = this.#isInvite ? "proceeding" : "trying";
  }

  /** Once it is settled, only the method is left. */
  get request(): SipRequest {
    return this.#request;
  }

  /** Once it is settled, only CSeq and where the top Via leads are left. */
  get envelope(): Envelope {
    return this.#envelope;
  }

  /** Once it is settled, only the flow is left. */
  get arrival(): Arrival {
    return this.#arrival;
  }

  get state(): State {
    return this.#state;
  }

  /** Of the last response; 0 while there is none. */
  get status(): number {
    return this.#status;
  }

  get flow(): Flow {
    return this.#arrival.flow;
  }

  /** Sends a response, printed by the core; in a state that does not allow it nothing happens. */
  respond(status: number, bytes: Buffer): void {
    const input = status < 200 ? "send 1xx" : status < 300 ? "send 2xx" : "send 300-699";
    if (!this.#table[this.#state]?.[input]) return;
    const again = this.#status >= 200 || this.#response === bytes;
    [this.#response, this.#status] = [bytes, status];
    this.step(input);
    this.#context.responded(this, status, again);
  }

  /**
   * All that follows from the final response has happened: the request, which would be the most of what is kept for up
   * to 64·T1, is forgotten but for what its late copies need.
   */
  settle(): void {
    if (this.#state === "terminated") return;
    this.user.settled?.();
    const { transport, host, port } = this.#envelope.via;
    const via = { transport, host: ownText(host), ...(port !== undefined && { port }), params: noParams };
    this.#request = bareRequest(this.#request.method);
    this.#envelope = { via, callId: "", cseq: this.#envelope.cseq, fromTag: "", toTag: undefined };
    this.#arrival = { message: this.#request, flow: this.flow, size: 0 };
    // RFC 6026 7.1: an accepted INVITE is repeated by its core.
    const kept = this.#state === "accepted" ? undefined : this.#sendable;
    this.#response = kept && keepBytes(kept);
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
    return this.#request.method === "INVITE";
  }

  #perform(effect: ServerEffect): void {
    switch (effect) {
      case "send response":
        return this.#send();
      case "repeat response":
        if (this.#response) this.#context.responded(this, this.#status, true);
        return this.#send();
      case "restart G":
        return this.#restartG();
      case "stop timers":
        return this.#stopTimers();
      case "start H":
        return this.#limitAfter(this.#context.timers.H, "timer H");
      case "start I":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#context.timers.I, "timer I");
      case "start J":
        return this.#limitAfter(this.flow.reliable ? 0 : this.#context.timers.J, "timer J");
      case "start L":
        return this.#limitAfter(this.#context.timers.L, "timer L");
      case "report missing ACK":
        return this.user.missingAck?.();
      case "report transport error":
        return this.user.transportError?.();
      default:
        return never(effect);
    }
  }

  #send(): void {
    const bytes = this.#sendable;
    if (bytes) this.#context.respond(this, bytes, () => this.step("transport error"));
  }

  get #sendable(): Buffer | undefined {
    return typeof this.#response === "string" ? bytesOf(this.#response) : this.#response;
  }

  /** RFC 3261 17.2.1: over unreliable transports the final response is repeated at T1, 2·T1, … T2. */
  #restartG(): void {
    if (this.flow.reliable) return;
    this.#repeat = this.#context.clock.after(this.#interval, () => this.step("timer G"));
    this.#interval = Math.min(2 * this.#interval, this.#context.timers.T2);
  }

  #limitAfter(ms: number, input: ServerInput): void {
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
    this.user.terminated?.();
  }
}
