import { parseContacts } from "../../../sip-syntax/contact.ts";
import { printMessage, type SipResponse } from "../../../sip-syntax/message.ts";
import type { Arrival } from "../../transport/flow.ts";
import type { ServerTransaction } from "../../transaction/server-transaction.ts";
import { EarlyDialogs } from "./early-dialogs.ts";
import { bestResponse } from "./best-response.ts";
import { withoutOurVia } from "./forwarded-request.ts";
import type { ProxyBranch } from "./proxy-branch.ts";

/** A place that a request is forwarded to. */
export interface ProxyTarget {
  readonly uri: string;
  /** Given by a redirection: its URI always replaces the Request-URI. */
  readonly redirected: boolean;
}

export interface ResponseContextOptions {
  readonly targets: readonly ProxyTarget[];
  readonly simultaneous: boolean;
  readonly followRedirects: boolean;
  /** Forwards the request; resolves with the branch, or with what is answered instead. */
  forward(target: ProxyTarget): Promise<ProxyBranch | SipResponse>;
  /** A final response came from a target. */
  onFinal(response: SipResponse, arrival: Arrival | undefined): void;
  /** The search is over; `sent` is what the caller got. */
  onDone(sent: SipResponse): void;
  /** A response of ours, for when no target gave any. */
  made(status: number, reason: string): SipResponse;
}

/**
 * RFC 3261 16.7: all branches of one proxied request. Provisional and successful responses go on at once; of the
 * failures the best one, when no target is left.
 */
export class ResponseContext {
  readonly #transaction: ServerTransaction;
  readonly #options: ResponseContextOptions;
  readonly #targets: ProxyTarget[];
  readonly #tried = new Set<string>();
  readonly #branches = new Set<ProxyBranch>();
  readonly #failures: SipResponse[] = [];
  readonly #early: EarlyDialogs;
  /** Targets that are being looked up. */
  #starting = 0;
  #done = false;
  #cancelled = false;

  constructor(transaction: ServerTransaction, options: ResponseContextOptions) {
    this.#transaction = transaction;
    this.#options = options;
    this.#targets = [...options.targets];
    this.#early = new EarlyDialogs(transaction.request);
  }

  start(): void {
    this.#proceed();
  }

  /** The caller gives up (RFC 3261 16.10): no target is tried any more. */
  cancel(): void {
    this.#cancelled = true;
    this.#stop();
    this.#proceed();
  }

  response(branch: ProxyBranch, received: SipResponse, arrival: Arrival | undefined): void {
    const response = withoutOurVia(received);
    const { status } = response;
    if (status < 200) return this.#provisional(branch, response);
    const repeated = !this.#branches.delete(branch);
    if (status < 300) return this.#succeed(response, arrival, repeated);
    this.#options.onFinal(response, arrival);
    this.#fail(response);
    const over = this.#early.ended(branch, status);
    if (!this.#done && !this.#cancelled) for (const one of over) this.#send(one);
  }

  dispose(): void {
    this.#done = true;
    for (const branch of this.#branches) branch.dispose();
  }

  #provisional(branch: ProxyBranch, response: SipResponse): void {
    if (this.#done) return;
    this.#early.heard(branch, response);
    this.#send(response);
  }

  /** Every 2xx goes on, also further ones: the caller acknowledges each (RFC 3261 16.7, step 5). */
  #succeed(response: SipResponse, arrival: Arrival | undefined, repeated: boolean): void {
    this.#send(response);
    if (repeated) return;
    this.#options.onFinal(response, arrival);
    this.#stop();
    this.#finish(response);
  }

  #fail(response: SipResponse): void {
    const { status } = response;
    if (status >= 300 && status < 400 && this.#options.followRedirects && this.#redirect(response)) {
      return this.#proceed();
    }
    this.#failures.push(response);
    // A refusal for all, and a challenge that only the caller can meet, end the search.
    if (status >= 600 || status === 401 || status === 407) this.#stop();
    this.#proceed();
  }

  #redirect(response: SipResponse): boolean {
    const fresh = contactsOf(response).filter((uri) => !this.#tried.has(uri));
    this.#targets.push(...fresh.map((uri) => ({ uri, redirected: true })));
    return fresh.length > 0;
  }

  /** Tries the next target, all at once, or ends with the best failure. */
  #proceed(): void {
    if (this.#done) return;
    const busy = this.#branches.size + this.#starting > 0;
    if (this.#targets.length === 0) return busy ? undefined : this.#end();
    if (busy && !this.#options.simultaneous) return;
    const now = this.#options.simultaneous ? this.#targets.splice(0) : this.#targets.splice(0, 1);
    for (const target of now) void this.#try(target);
  }

  async #try(target: ProxyTarget): Promise<void> {
    this.#tried.add(target.uri);
    this.#starting++;
    const branch = await this.#options.forward(target);
    this.#starting--;
    if ("status" in branch) return this.#fail(branch);
    if (this.#done || this.#cancelled) return this.#proceed();
    this.#branches.add(branch);
    branch.start();
  }

  #stop(): void {
    this.#targets.length = 0;
    for (const branch of this.#branches) branch.cancel();
  }

  #end(): void {
    const best = bestResponse(this.#failures) ?? this.#nothing();
    // RFC 3261 16.7, step 6: a 503 is about the next hop, not about us.
    const sent = best.status === 503 ? { ...best, status: 500, reason: "Server Internal Error" } : best;
    this.#send(sent);
    this.#finish(sent);
  }

  #nothing(): SipResponse {
    const { made } = this.#options;
    return this.#cancelled ? made(487, "Request Terminated") : made(408, "Request Timeout");
  }

  #finish(sent: SipResponse): void {
    if (this.#done) return;
    this.#done = true;
    this.#options.onDone(sent);
  }

  #send(response: SipResponse): void {
    this.#transaction.respond(response.status, printMessage(response));
  }
}

function contactsOf(response: SipResponse): string[] {
  try {
    const contacts = parseContacts(response.headers);
    if (contacts === "*") return [];
    return [...contacts].sort((one, other) => (other.q ?? 1) - (one.q ?? 1)).map(({ uri }) => uri);
  } catch {
    return [];
  }
}
