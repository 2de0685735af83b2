import { randomToken } from "../../../base/ids.ts";
import type { Timer } from "../../../base/clock.ts";
import { Headers } from "../../../sip-syntax/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../../../sip-syntax/message.ts";
import { bareResponse } from "../../transaction/bare-response.ts";
import type { ClientTransaction, ClientUser } from "../../transaction/client-transaction.ts";
import type { Arrival, Flow } from "../../transport/flow.ts";
import { composeCancel } from "../compose-request.ts";
import type { CoreContext } from "../core.ts";

export interface BranchLimits {
  /** Milliseconds until any response must have come. */
  readonly provisionalMs?: number;
  /** Milliseconds until a final response must have come. */
  readonly finalMs?: number;
}

/** What is forwarded, and the mark by which a loop is known. */
export interface Forwarded {
  readonly request: SipRequest;
  readonly mark: string;
}

export interface BranchHooks {
  /** A response other than 100; `arrival` is undefined for one made here. */
  response(branch: ProxyBranch, response: SipResponse, arrival: Arrival | undefined): void;
}

/** RFC 3261 16.6, step 11: more than three minutes, restarted by provisional responses. */
const timerC = 181_000;

/** A request forwarded to one target: a client transaction with the proxy's own timers. */
export class ProxyBranch implements ClientUser {
  readonly request: SipRequest;
  /** A final response came or was made. */
  final = false;
  readonly #context: CoreContext;
  readonly #hooks: BranchHooks;
  readonly #transaction: ClientTransaction;
  readonly #timers = new Set<Timer>();
  #c: Timer | undefined;
  #provisional = false;
  #cancelled = false;
  #cancelSent = false;

  constructor(
    { request, mark }: Forwarded,
    flow: Flow,
    context: CoreContext,
    limits: BranchLimits,
    hooks: BranchHooks,
  ) {
    this.request = request;
    this.#context = context;
    this.#hooks = hooks;
    this.#transaction = context.transactions.client(request, flow, this, mark);
    const { provisionalMs, finalMs } = limits;
    if (provisionalMs !== undefined) this.#limit(provisionalMs, () => !this.#provisional && this.#giveUp());
    if (finalMs !== undefined) this.#limit(finalMs, () => this.#giveUp());
  }

  start(): void {
    if (this.request.method === "INVITE") this.#restartC();
    this.#transaction.start();
  }

  /** RFC 3261 16.10; held until a provisional response shows that it will be understood (9.1). */
  cancel(): void {
    if (this.request.method !== "INVITE" || this.final) return;
    this.#cancelled = true;
    if (this.#provisional) this.#sendCancel();
  }

  response(arrival: Arrival): void {
    const { message } = arrival;
    if (message.kind !== "response") return;
    this.#provisional = true;
    if (message.status < 200) {
      if (this.#cancelled) this.#sendCancel();
      if (message.status === 100) return;
      this.#restartC();
    } else this.#end();
    this.#hooks.response(this, message, arrival);
  }

  timeout(): void {
    this.#fail(408, "Request Timeout");
  }

  transportError(): void {
    this.#fail(503, "Service Unavailable");
  }

  terminated(): void {
    this.#end();
  }

  dispose(): void {
    this.#end();
  }

  #giveUp(): void {
    if (this.final) return;
    this.cancel();
    this.#fail(408, "Request Timeout");
  }

  #fail(status: number, reason: string): void {
    if (this.final) return;
    this.#end();
    const response = bareResponse(this.request, status, reason, randomToken(9));
    response.headers.add("Content-Length", "0");
    this.#hooks.response(this, response, undefined);
  }

  #sendCancel(): void {
    if (this.#cancelSent) return;
    this.#cancelSent = true;
    const draft = { kind: "request", method: "CANCEL", uri: "", headers: new Headers(), body: emptyBody } as const;
    const nothing = (): void => {};
    const user = { response: nothing, timeout: nothing, transportError: nothing, terminated: nothing };
    const cancel = composeCancel(draft, this.request);
    this.#context.transactions.clientForCancel(cancel, this.#transaction.flow, user).start();
    this.#limit(64 * this.#context.timers.T1, () => this.#fail(487, "Request Terminated"));
  }

  #restartC(): void {
    this.#c?.cancel();
    this.#c = this.#context.clock.after(timerC, () => this.#giveUp());
  }

  #limit(ms: number, fire: () => void): void {
    this.#timers.add(this.#context.clock.after(ms, fire));
  }

  #end(): void {
    this.final = true;
    this.#c?.cancel();
    for (const timer of this.#timers) timer.cancel();
  }
}
