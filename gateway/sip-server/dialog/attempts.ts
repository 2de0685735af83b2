import type { Clock, Timer } from "../../base/clock.ts";
import type { SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import type { ClientTransaction, ClientUser } from "../transaction/client-transaction.ts";
import type { TransactionLayer } from "../transaction/transaction-layer.ts";
import type { Arrival, Flow } from "../transport/flow.ts";
import type { Ways } from "./ways.ts";

/** A request before it is known which way it goes. */
export interface Sending {
  readonly ways: Ways;
  /** The request for one way; `previous` is what went another way, and differs in nothing that tells requests apart. */
  compose(flow: Flow, previous?: SipRequest): SipRequest;
  /** The request in another form, of a higher CSeq, that the response asks for; undefined when it asks for none. */
  revise?(request: SipRequest, response: SipResponse): SipRequest | undefined;
}

/** Whom the request belongs to. */
export interface AttemptsUser extends ClientUser {
  /** Nobody waits for an answer any more: no further way is tried. */
  readonly givenUp: boolean;
}

export interface AttemptsContext {
  readonly transactions: TransactionLayer;
  readonly clock: Clock;
  /** Bytes of a request above which TCP is tried before UDP (RFC 3261 18.1.1). */
  readonly maxDatagram: number;
}

/** In units of T1: without a sign of life another way is taken, if there is one. A transaction would wait for 64. */
const patience = { server: 10, connection: 3 } as const;

/** One request on its way: each way that is tried is a transaction of its own (RFC 3263 4.3). */
export class Attempts {
  /** Undefined once it is settled: no other way is tried then. */
  #sending: Sending | undefined;
  readonly #user: AttemptsUser;
  readonly #context: AttemptsContext;
  #transaction: ClientTransaction;
  #attempt: Attempt | undefined;
  /** A server is at work: it is not left for another one. */
  #committed = false;
  #waiting: Timer | undefined;

  constructor(sending: Sending, user: AttemptsUser, context: AttemptsContext) {
    this.#sending = sending;
    this.#user = user;
    this.#context = context;
    this.#transaction = this.#transactionFor(sending, sending.ways.flow);
    if (!sending.ways.flow.reliable && this.#transaction.size > context.maxDatagram) this.#takeTcp(sending);
  }

  /** The latest: its request is what the server sees that answers. */
  get transaction(): ClientTransaction {
    return this.#transaction;
  }

  start(): void {
    this.#transaction.start();
    const ways = this.#sending?.ways;
    if (!ways?.more) return;
    const units = ways.tryingTcp ? patience.connection : patience.server;
    this.#waiting = this.#context.clock.after(units * this.#context.transactions.timers.T1, () => this.#silence());
  }

  #takeTcp(sending: Sending): void {
    const { ways } = sending;
    ways.takeTcp();
    if (ways.flow !== this.#transaction.flow) this.#replace(sending, ways.flow);
  }

  #replace(sending: Sending, flow: Flow): void {
    const old = this.#transaction;
    this.#transaction = this.#transactionFor(sending, flow, old.request);
    old.abandon();
  }

  #transactionFor(sending: Sending, flow: Flow, previous?: SipRequest): ClientTransaction {
    const request = sending.compose(flow, previous && withoutVia(previous));
    return this.#context.transactions.client(request, flow, (this.#attempt = new Attempt(this)));
  }

  /** True for the latest attempt: what one that was left says later is nobody's business. */
  isCurrent(attempt: Attempt): boolean {
    return attempt === this.#attempt;
  }

  settled(): void {
    this.#sending = undefined;
    this.#user.settled?.();
  }

  terminated(): void {
    this.#waiting?.cancel();
    this.#user.terminated();
  }

  response(arrival: Arrival): void {
    this.#waiting?.cancel();
    const { message } = arrival;
    const status = message.kind === "response" ? message.status : 0;
    if (status === 503 && this.#takeNext(retryAfter(message.headers.get("Retry-After")))) return;
    if (message.kind === "response" && this.#takeRevised(message)) return;
    if (status > 100) this.#committed = true;
    this.#user.response(arrival);
  }

  /** The transaction that was refused goes on for its ACK. */
  #takeRevised(response: SipResponse): boolean {
    if (this.#user.givenUp || response.status < 300) return false;
    const { request, flow } = this.#transaction;
    const revised = this.#sending?.revise?.(request, response);
    if (!revised) return false;
    this.#attempt = new Attempt(this);
    this.#transaction = this.#context.transactions.client(withoutVia(revised), flow, this.#attempt);
    this.start();
    return true;
  }

  failed(how: "timeout" | "transportError"): void {
    this.#waiting?.cancel();
    if (!this.#takeNext()) this.#user[how]();
  }

  /** No sign of life. A server that was reached by TCP because of the size is the same that UDP would reach. */
  #silence(): void {
    const ways = this.#sending?.ways;
    if (ways?.tryingTcp && ways.flow.connecting !== true) return;
    this.#takeNext();
  }

  #takeNext(retryAfterSeconds?: number): boolean {
    const sending = this.#sending;
    if (this.#committed || this.#user.givenUp || !sending?.ways.more) return false;
    const flow = sending.ways.next(retryAfterSeconds);
    if (!flow) return false;
    this.#replace(sending, flow);
    this.start();
    return true;
  }
}

/** What one transaction reports to. */
class Attempt implements ClientUser {
  readonly #attempts: Attempts;

  constructor(attempts: Attempts) {
    this.#attempts = attempts;
  }

  response(arrival: Arrival): void {
    this.#current?.response(arrival);
  }

  timeout(): void {
    this.#current?.failed("timeout");
  }

  transportError(): void {
    this.#current?.failed("transportError");
  }

  settled(): void {
    this.#current?.settled();
  }

  terminated(): void {
    this.#current?.terminated();
  }

  get #current(): Attempts | undefined {
    return this.#attempts.isCurrent(this) ? this.#attempts : undefined;
  }
}

function withoutVia(request: SipRequest): SipRequest {
  return { ...request, headers: request.headers.clone().remove("Via") };
}

/** Seconds; a header without any counts as an answer that names no time (RFC 3261 20.33). */
function retryAfter(value: string | undefined): number {
  return Number(/^\d{1,9}/.exec(value ?? "")?.[0] ?? 0);
}
