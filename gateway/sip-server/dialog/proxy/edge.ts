import type { SipRequest } from "../../../sip-syntax/message.ts";
import type { Flow, Listener } from "../../transport/flow.ts";
import type { CoreContext } from "../core.ts";
import type { RefusedAtOnce } from "../refusal.ts";
import { contactsOf, needsFlow, registersFlow } from "../registered-flows.ts";
import type { Path } from "./forwarded-request.ts";
import { NamedFlows } from "./named-flows.ts";
import { RecordRoutes } from "./record-route.ts";

/** Where a request goes that came by our own Route values. */
export interface Onward {
  /** Route values that are left after ours. */
  readonly routes: readonly string[];
  /** The flow that they name; undefined when the next route or the Request-URI decides. */
  readonly flow: Flow | undefined;
  /** Why it goes nowhere. */
  readonly refusal?: RefusedAtOnce;
}

/** The two sides of a forwarded request. */
export interface Sides {
  readonly from: Flow;
  readonly to: Flow;
  /** `to` is the flow of a client that may be reached by that only. */
  readonly toClient: boolean;
}

// RFC 5626 5.3.1.
const flowFailed: RefusedAtOnce = { status: 430, reason: "Flow Failed", why: "flow failed" };
const forgedToken: RefusedAtOnce = { status: 403, reason: "Forbidden", why: "flow token" };

/** The edge proxy (RFC 5626 5): leads what belongs to a client back to its flow, by our URIs in Path and Record-Route. */
export class Edge {
  readonly #context: CoreContext;
  readonly #listeners: () => readonly Listener[];
  readonly #recordRoutes: RecordRoutes;
  readonly #flows: NamedFlows;

  /** `secret` proves our URIs. */
  constructor(context: CoreContext, listeners: () => readonly Listener[], secret: string) {
    this.#context = context;
    this.#listeners = listeners;
    this.#recordRoutes = new RecordRoutes(secret);
    this.#flows = new NamedFlows(listeners, (remote, from) => context.nextHop.toAddress(remote, "udp", from));
  }

  flowClosed(flow: Flow): void {
    this.#flows.flowClosed(flow);
  }

  /** One value a side when the sides reach us by different addresses (RFC 5658), or both are clients with a flow. */
  recordRoutesFor(request: SipRequest, callId: string, { from, to, toClient }: Sides): string[] {
    const caller = this.#isClient(request, from) ? this.#flows.idOf(from) : undefined;
    const called = toClient ? this.#flows.idOf(to) : undefined;
    const outside = this.#recordRoutes.valueFor(to, callId, called ?? caller);
    const inside = this.#recordRoutes.valueFor(from, callId, caller ?? called);
    return inside === outside ? [inside] : [outside, inside];
  }

  /** RFC 3327 5.1: `ordered` by the application, or because client and registrar cannot do without (RFC 5626 5.1). */
  pathFor(request: SipRequest, { from, to }: Pick<Sides, "from" | "to">, ordered: boolean): Path | undefined {
    // Only the first proxy has the client's own flow.
    const outbound = registersFlow(request) && request.headers.list("Via").length === 1;
    if (!ordered && !(outbound && request.headers.lists("Supported", "path"))) return undefined;
    return { value: this.#recordRoutes.pathFor(to, this.#flows.idOf(from), outbound), required: ordered };
  }

  /** What our leading Route values say of a request; undefined when the first is none of ours, or says nothing of use. */
  onward(request: SipRequest, arrival: Flow, callId: string, inDialog: boolean): Onward | undefined {
    const all = request.headers.list("Route");
    const read = all.map((route) => this.#recordRoutes.read(route, callId, this.#listeners()));
    if (read[0]?.is === "forged") return { routes: all, flow: undefined, refusal: forgedToken };
    const beyond = read.findIndex(({ is }) => is !== "ours");
    const ours = beyond < 0 ? read : read.slice(0, beyond);
    const named = ours.flatMap((one) => (one.is === "ours" && one.flowId !== undefined ? [one.flowId] : []));
    if (ours.length === 0 || (!inDialog && named.length === 0)) return undefined;
    return { routes: all.slice(ours.length), ...this.#follow(request, arrival, named, inDialog) };
  }

  /** RFC 5626 5.3: a request that comes by the flow named is the client's own; else it is for the client. */
  #follow(
    { uri }: SipRequest,
    arrival: Flow,
    named: readonly string[],
    inDialog: boolean,
  ): Pick<Onward, "flow" | "refusal"> {
    const others = named.filter((id) => id !== this.#flows.idOf(arrival));
    if (others.length === 0) return { flow: undefined };
    const flow = others.map((id) => this.#flows.find(id)).find((one) => one !== undefined);
    if (flow) return { flow };
    // In a dialog the client may have come back by another flow, or may be who sends.
    const returned = inDialog ? this.#context.registered.find(uri) : undefined;
    if (returned || (inDialog && !needsFlow(uri))) return { flow: returned };
    return { flow: undefined, refusal: flowFailed };
  }

  /** True when who sent the request is reached by the flow that it came by. */
  #isClient(request: SipRequest, flow: Flow): boolean {
    return contactsOf(request).some(({ uri }) => needsFlow(uri) || this.#context.registered.find(uri) === flow);
  }
}
