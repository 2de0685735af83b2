import { randomToken, uuid } from "../../base/ids.ts";
import type { SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import { bareResponse } from "../transaction/bare-response.ts";
import type { ClientTransaction } from "../transaction/client-transaction.ts";
import type { Arrival } from "../transport/flow.ts";
import { Attempts, type AttemptsUser, type Sending } from "./attempts.ts";
import type { CoreContext } from "./core.ts";
import { refreshesTarget } from "./compose-request.ts";
import type { Dialog } from "./dialog.ts";
import type { Owner } from "./owner.ts";
import { learnTarget } from "./remote-target.ts";
import { refreshesSession } from "./session-terms.ts";

/** What the core does about a request that the request itself cannot. */
export interface OutgoingHooks {
  /** A 2xx to INVITE or UPDATE came, in a dialog or making one. */
  onAgreed(request: OutgoingRequest, dialog: Dialog, response: SipResponse): void;
  /** Called once, after the application was told the final response. */
  onFinal(request: OutgoingRequest, response: SipResponse): void;
  /** Nothing more will come. */
  onTerminated(request: OutgoingRequest): void;
}

/** A request that we sent for an application (RFC 3261 8.1). */
export class OutgoingRequest implements AttemptsUser {
  /** What applications know the transaction by. */
  readonly id = uuid();
  readonly owner: Owner;
  /** The dialog that it was sent in. */
  readonly dialog: Dialog | undefined;
  protected readonly context: CoreContext;
  readonly #hooks: OutgoingHooks;
  readonly #attempts: Attempts;
  #final = false;

  constructor(owner: Owner, sending: Sending, dialog: Dialog | undefined, context: CoreContext, hooks: OutgoingHooks) {
    this.owner = owner;
    this.dialog = dialog;
    this.context = context;
    this.#hooks = hooks;
    this.#attempts = new Attempts(sending, this, context);
  }

  /** As it was sent last. */
  get request(): SipRequest {
    return this.transaction.request;
  }

  get transaction(): ClientTransaction {
    return this.#attempts.transaction;
  }

  start(): void {
    this.#attempts.start();
  }

  /** No other way is tried. */
  get givenUp(): boolean {
    return this.#final;
  }

  get dialogId(): string {
    return this.dialog?.id ?? "";
  }

  /** A final response came or was made here. */
  get final(): boolean {
    return this.#final;
  }

  /** True while it is our offer that waits for its answer. */
  offersIn(_dialog: Dialog): boolean {
    return !this.#final && this.request.body.length > 0;
  }

  response(arrival: Arrival): void {
    if (arrival.message.kind !== "response" || arrival.message.status === 100) return;
    const { status } = arrival.message;
    const refreshed = status > 199 && status < 300 && refreshesTarget.has(this.request.method);
    if (this.dialog && refreshed) learnTarget(this.dialog, arrival, this.context);
    if (this.dialog && refreshed && !this.#final) this.agreed(this.dialog, arrival.message);
    this.report(arrival.message, arrival, this.dialogId);
  }

  timeout(): void {
    this.fail(408, "Request Timeout");
  }

  transportError(): void {
    this.fail(503, "Service Unavailable");
  }

  terminated(): void {
    this.#hooks.onTerminated(this);
  }

  /** Reports a response made here (RFC 3261 8.1.3.1). */
  fail(status: number, reason: string): void {
    if (this.#final) return;
    const response = bareResponse(this.request, status, reason, randomToken(9));
    response.headers.add("Content-Length", "0");
    this.report(response, undefined, this.dialogId);
  }

  protected agreed(dialog: Dialog, response: SipResponse): void {
    if (refreshesSession.has(this.request.method)) this.#hooks.onAgreed(this, dialog, response);
  }

  protected report(response: SipResponse, arrival: Arrival | undefined, dialogId: string): void {
    this.context.events.emit("response", {
      owner: this.owner,
      response,
      transactionId: this.id,
      dialogId,
      flow: arrival?.flow,
      size: arrival?.size ?? 0,
    });
    if (response.status < 200 || this.#final) return;
    this.#final = true;
    this.#hooks.onFinal(this, response);
  }
}
