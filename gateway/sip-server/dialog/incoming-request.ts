import { randomToken, uuid } from "../../base/ids.ts";
import { printMessage, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import type { ServerTransaction } from "../transaction/server-transaction.ts";
import type { Arrival } from "../transport/flow.ts";
import { composeResponse } from "./compose-response.ts";
import { asksForSecurity, contactOf } from "./contact-address.ts";
import type { CoreContext, Outcome, RequestFact } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import type { Owner } from "./owner.ts";

/** A request that an application answers (RFC 3261 8.2). */
export class IncomingRequest implements RequestFact {
  /** What applications know the transaction by. */
  id: string = uuid();
  readonly transaction: ServerTransaction;
  readonly method: string;
  /** Tag of all our responses; the application may choose it with its first one. */
  toTag: string;
  /** The dialog that it came in, or made. */
  dialog: Dialog | undefined;
  owner: Owner | undefined;
  /** Ends the time limit that the application has. */
  stopWaiting: (() => void) | undefined;
  protected readonly context: CoreContext;
  #answered = false;
  #responded = false;

  constructor(transaction: ServerTransaction, dialog: Dialog | undefined, context: CoreContext) {
    this.transaction = transaction;
    this.method = transaction.request.method;
    this.dialog = dialog;
    this.owner = dialog?.owner;
    this.context = context;
    this.toTag = transaction.envelope.toTag ?? randomToken(9);
  }

  get request(): SipRequest {
    return this.transaction.request;
  }

  get arrival(): Arrival {
    return this.transaction.arrival;
  }

  /** True once a final response went out. */
  get answered(): boolean {
    return this.#answered;
  }

  /** True once the application sent anything. */
  get responded(): boolean {
    return this.#responded;
  }

  get inDialog(): boolean {
    return this.transaction.envelope.toTag !== undefined && this.dialog !== undefined;
  }

  /** What applications know the dialog by; empty when there is none. */
  get dialogId(): string {
    return this.dialog?.id ?? "";
  }

  /** An application takes the request. */
  take(owner: Owner): void {
    this.owner = owner;
  }

  /** Sends the application's response. */
  respond(draft: SipResponse, tag: string | undefined): Outcome {
    if (this.#answered) return { refused: "Response not sent due to unknown transaction" };
    if (!this.#responded && tag !== undefined && this.dialog === undefined) this.toTag = tag;
    this.#responded = true;
    return this.deliver(draft);
  }

  /** A final response made here. */
  refuse(status: number, reason: string, headers?: Iterable<readonly [name: string, value: string]>): void {
    if (this.#answered) return;
    this.#answered = true;
    this.context.transactions.reply(this.transaction, status, reason, this.toTag, headers);
  }

  /** Leaves the answer to a proxy. */
  handOver(): ServerTransaction {
    this.#answered = true;
    this.stopWaiting?.();
    return this.transaction;
  }

  protected deliver(draft: SipResponse): Outcome {
    const response = composeResponse(draft, this.request, { toTag: this.toTag, contact: this.contactFor(draft) });
    return this.send(response);
  }

  /** RFC 3261 12.1.1, RFC 3311 5.2: responses that make a dialog or refresh its target say where we are. */
  protected contactFor(draft: SipResponse): string | undefined {
    const success = draft.status > 199 && draft.status < 300;
    return success && (this.method === "SUBSCRIBE" || this.method === "UPDATE") ? this.ourContact : undefined;
  }

  protected get ourContact(): string {
    return this.dialog?.contact ?? contactOf(this.arrival.flow, asksForSecurity(this.request));
  }

  protected send(response: SipResponse): Outcome {
    const { flow } = this.arrival;
    if (!flow.open && flow.listener.protocol.startsWith("ws")) {
      return { refused: "transport for response has been shutdown or closed" };
    }
    const bytes = printMessage(response);
    if (response.status >= 200) this.#answered = true;
    this.transaction.toTag = this.toTag;
    this.transaction.respond(response.status, bytes);
    return { message: response, size: bytes.length, flow, transactionId: this.id, dialogId: this.dialogId };
  }

  protected markAnswered(): void {
    this.#answered = true;
  }
}
