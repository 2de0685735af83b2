import { randomToken } from "../../../base/ids.ts";
import { Headers } from "../../../sip-syntax/headers.ts";
import type { SipRequest, SipResponse } from "../../../sip-syntax/message.ts";
import { uriOf } from "../../../sip-syntax/name-addr.ts";
import { bareResponse } from "../../transaction/bare-response.ts";
import type { ServerTransaction } from "../../transaction/server-transaction.ts";
import type { Arrival, Flow, Listener } from "../../transport/flow.ts";
import { type RefusedAtOnce, refusalByProxy } from "../refusal.ts";
import { hopOf } from "../compose-request.ts";
import type { CoreContext, MessageSource } from "../core.ts";
import { Edge, type Onward } from "./edge.ts";
import { forwardedRequest, maxForwards } from "./forwarded-request.ts";
import { LoopDetector } from "./loop-detector.ts";
import { type BranchLimits, ProxyBranch } from "./proxy-branch.ts";
import { isLocal } from "./record-route.ts";
import { ResponseContext } from "./response-context.ts";

const loop: RefusedAtOnce = { status: 482, reason: "Loop Detected", why: "loop" };
const tooManyHops: RefusedAtOnce = { status: 483, reason: "Too Many Hops", why: "too many hops" };

/** How an application wants a request proxied. */
export interface ProxyOrder extends BranchLimits {
  /** URIs, in order of preference. */
  readonly targets: readonly string[];
  readonly simultaneous: boolean;
  readonly followRedirects: boolean;
  /** Add Record-Route, so that requests of the dialog come this way too. */
  readonly recordRoute: boolean;
  /** Headers to add. */
  readonly more: Headers;
}

/** One place to forward a request to. */
interface Destination {
  readonly uri: string;
  /** Whose address is the next hop, instead of the first route's or the Request-URI's. */
  readonly hop: string | undefined;
  readonly routes: readonly string[];
  /** The flow to take, whatever they say. */
  readonly flow: Flow | undefined;
}

/** What the application is told. */
export interface ProxyReports {
  /** A final response of a target. */
  response(response: SipResponse, flow: Flow | undefined, size: number): void;
  done(): void;
}

/** RFC 3261 16.6, RFC 6665 4.1, RFC 3515 2.4.6: requests that begin a dialog. */
const formsDialog: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE", "REFER"]);

/** RFC 3261 16: a stateful proxy for what applications have proxied, and for what comes by our Record-Route or Path. */
export class Proxy {
  readonly #context: CoreContext;
  readonly #listeners: () => readonly Listener[];
  readonly #edge: Edge;
  readonly #loops: LoopDetector;
  readonly #contexts = new Map<ServerTransaction, ResponseContext>();

  /** `secret` proves our Record-Route and Path. */
  constructor(context: CoreContext, listeners: () => readonly Listener[], secret: string) {
    this.#context = context;
    this.#listeners = listeners;
    this.#edge = new Edge(context, listeners, secret);
    this.#loops = new LoopDetector(secret, listeners);
    const { events } = context.transactions;
    events.on("cancel", (_, invite) => invite && this.#contexts.get(invite)?.cancel());
    events.on("ack", (arrival) => this.#relayAck(arrival));
  }

  /** Forwards a new request as ordered. */
  begin(transaction: ServerTransaction, order: ProxyOrder, reports: ProxyReports): void {
    const { request } = transaction;
    if (request.method === "INVITE") this.#recordAttempt(request, "application");
    this.#start(transaction, order, reports);
  }

  /** RFC 3261 16.3: why a request may not be forwarded. */
  refusalOf(request: SipRequest): RefusedAtOnce | undefined {
    if (maxForwards(request) === 0) return tooManyHops;
    return this.#loops.isLoop(request) ? loop : refusalByProxy(request);
  }

  /** Forwards a request that comes by our Record-Route or Path, or says that it does not. */
  relay(transaction: ServerTransaction): boolean {
    const { request, envelope, arrival } = transaction;
    const inDialog = envelope.toTag !== undefined;
    const onward = this.#edge.onward(request, arrival.flow, envelope.callId, inDialog);
    if (!onward) return false;
    const refusal = onward.refusal ?? this.refusalOf(request);
    if (refusal) {
      this.#refuse(transaction, refusal);
      return true;
    }
    const order = {
      targets: [request.uri],
      simultaneous: false,
      followRedirects: false,
      recordRoute: !inDialog && formsDialog.has(request.method),
      more: new Headers(),
    };
    if (request.method === "INVITE" && !inDialog) this.#recordAttempt(request, "network", "application");
    this.#start(transaction, order, { response: () => {}, done: () => {} }, onward);
    if (request.method === "BYE") this.#recordStop(request);
    return true;
  }

  /** Nothing can be sent by this flow any more. */
  flowClosed(flow: Flow): void {
    this.#edge.flowClosed(flow);
  }

  dispose(): void {
    for (const context of this.#contexts.values()) context.dispose();
  }

  #refuse(transaction: ServerTransaction, { status, reason, headers, why }: RefusedAtOnce): void {
    this.#context.events.emit("refused", why);
    this.#context.transactions.reply(transaction, status, reason, randomToken(9), headers);
  }

  #start(transaction: ServerTransaction, order: ProxyOrder, reports: ProxyReports, onward?: Onward): void {
    const { request } = transaction;
    this.#context.transactions.forwarded(transaction);
    const routes = onward?.routes ?? this.#withoutPreloaded(request);
    const replace = onward === undefined && isLocal(request.uri, this.#listeners());
    const context: ResponseContext = new ResponseContext(transaction, {
      targets: order.targets.map((uri) => ({ uri, redirected: false })),
      simultaneous: order.simultaneous,
      followRedirects: order.followRedirects,
      forward: ({ uri, redirected }) => {
        const asTarget = redirected || replace;
        const hop = onward === undefined ? uri : undefined;
        const destination = { uri: asTarget ? uri : request.uri, hop, routes, flow: onward?.flow };
        return this.#forward(transaction, order, context, destination);
      },
      onFinal: (response, arrival) => reports.response(response, arrival?.flow, arrival?.size ?? 0),
      onDone: (sent) => {
        const begins = onward === undefined || transaction.envelope.toTag === undefined;
        if (request.method === "INVITE" && begins) this.#recordAnswer(sent);
        reports.done();
      },
      made: (status, reason) => this.#made(request, status, reason),
    });
    this.#contexts.set(transaction, context);
    const { terminated } = transaction.user;
    transaction.user = {
      terminated: () => {
        this.#contexts.delete(transaction);
        terminated?.();
      },
    };
    context.start();
  }

  async #forward(
    transaction: ServerTransaction,
    order: ProxyOrder,
    context: ResponseContext,
    { hop, flow: named, ...destination }: Destination,
  ): Promise<ProxyBranch | SipResponse> {
    const { request } = transaction;
    try {
      const plain = forwardedRequest(request, { ...destination, recordRoutes: [], more: order.more });
      const known = named ?? this.#context.registered.find(destination.uri);
      const flow = known ?? (await this.#context.nextHop.to(hop ?? hopOf(plain)));
      const wayBack = this.#wayBack(transaction, order, flow, known !== undefined);
      const copy = forwardedRequest(request, { ...destination, ...wayBack, more: order.more });
      const forwarded = { request: copy, mark: this.#loops.markOf(request) };
      return new ProxyBranch(forwarded, flow, this.#context, order, {
        response: (branch, response, from) => context.response(branch, response, from),
      });
    } catch {
      return this.#made(request, 503, "Service Unavailable");
    }
  }

  /** RFC 3327: a REGISTER makes no dialog, so that its way back stands in Path. */
  #wayBack({ request, arrival, envelope }: ServerTransaction, order: ProxyOrder, to: Flow, toClient: boolean) {
    const sides = { from: arrival.flow, to, toClient };
    if (request.method === "REGISTER") {
      return { recordRoutes: [], path: this.#edge.pathFor(request, sides, order.recordRoute) };
    }
    return { recordRoutes: order.recordRoute ? this.#edge.recordRoutesFor(request, envelope.callId, sides) : [] };
  }

  /** RFC 3261 16.4: a route set that led here has done its work. */
  #withoutPreloaded(request: SipRequest): string[] {
    const [first, ...rest] = request.headers.list("Route");
    if (first === undefined) return [];
    return isLocal(uriOf(first), this.#listeners()) ? rest : [first, ...rest];
  }

  /** An ACK for a 2xx is no transaction: it is sent on, and nobody answers (RFC 3261 16.11). */
  #relayAck({ message, flow }: Arrival): void {
    if (message.kind !== "request" || maxForwards(message) === 0) return;
    const onward = this.#edge.onward(message, flow, message.headers.get("Call-ID") ?? "", true);
    if (!onward || onward.refusal) return;
    const ack = forwardedRequest(message, { uri: message.uri, routes: onward.routes, recordRoutes: [] });
    void this.#sendAck(ack, onward.flow);
  }

  async #sendAck(ack: SipRequest, named: Flow | undefined): Promise<void> {
    try {
      const known = named ?? this.#context.registered.find(ack.uri);
      this.#context.transactions.sendAck(ack, known ?? (await this.#context.nextHop.to(hopOf(ack))), () => {});
    } catch {
      // It cannot be sent: the 2xx comes again, and in the end the called side gives up (RFC 3261 13.3.1.4).
    }
  }

  #made(request: SipRequest, status: number, reason: string): SipResponse {
    const response = bareResponse(request, status, reason, randomToken(9));
    response.headers.add("Content-Length", "0");
    return response;
  }

  #recordAttempt(message: SipRequest, ...sources: MessageSource[]): void {
    for (const source of sources) this.#context.events.emit("record", { step: "attempt", source, message });
  }

  #recordAnswer(sent: SipResponse): void {
    const { events } = this.#context;
    if (sent.status >= 300) {
      const reason = sent.status === 487 ? "call-canceled" : "call-rejected";
      return events.emit("record", { step: "stop", source: "application", reason, message: sent });
    }
    events.emit("record", { step: "start", source: "network", role: "proxy-uac", message: sent });
    events.emit("record", { step: "start", source: "application", role: "proxy-uas", message: sent });
  }

  #recordStop(bye: SipRequest): void {
    for (const source of ["network", "application"] as const) {
      this.#context.events.emit("record", { step: "stop", source, reason: "normal-release", message: bye });
    }
  }
}
