import { createHmac } from "node:crypto";
import { uriOf } from "../../../sip-syntax/name-addr.ts";
import { bracketed, parseSipUri, type SipUri, unbracketed } from "../../../sip-syntax/uri.ts";
import type { Flow, Listener } from "../../transport/flow.ts";
import { FlowTokens, looksLikeToken } from "./flow-tokens.ts";

/** What a Route value is to us: `ours` may name a flow, `forged` is at our address, but not made here. */
export type RouteReading =
  { readonly is: "foreign" | "forged" } | { readonly is: "ours"; readonly flowId: string | undefined };

/** The scope of the flow token in a Path: any request of the registrar. */
const anyCall = "";

/**
 * Our Record-Route values (RFC 3261 16.6) and Path values (RFC 3327). Their user part proves that they are ours and for that call: a stranger
 * cannot have requests forwarded that belong to none. It does not change with a restart. Where a client is reached by its
 * flow only, it is a flow token (RFC 5626 5.3).
 */
export class RecordRoutes {
  readonly #key: Buffer;
  readonly #tokens: FlowTokens;

  /** `secret`: what no stranger knows. */
  constructor(secret: string) {
    this.#key = createHmac("sha256", secret).update("record-route").digest();
    this.#tokens = new FlowTokens(secret);
  }

  /** The value that leads requests of the dialog back to us, by the address that the peer of `flow` is told. */
  valueFor(flow: Flow, callId: string, flowId: string | undefined): string {
    const user = flowId === undefined ? this.#token(callId) : this.#tokens.make(flowId, callId);
    return `<${ourUri(user, flow)}>`;
  }

  /** The value that leads the registrar's requests down a client's flow. `flow`: the one to the registrar. */
  pathFor(flow: Flow, flowId: string, outbound: boolean): string {
    return `<${ourUri(this.#tokens.make(flowId, anyCall), flow)}${outbound ? ";ob" : ""}>`;
  }

  read(route: string, callId: string, listeners: readonly Listener[]): RouteReading {
    const uri = read(route);
    if (uri?.user === undefined) return { is: "foreign" };
    const { user } = uri;
    if (user === this.#token(callId)) return { is: "ours", flowId: undefined };
    const flowId = this.#tokens.read(user, callId) ?? this.#tokens.read(user, anyCall);
    if (flowId !== undefined) return { is: "ours", flowId };
    const forged = (looksLikeToken(user) || uri.params.has("ob")) && isLocal(route, listeners);
    return { is: forged ? "forged" : "foreign" };
  }

  #token(callId: string): string {
    return createHmac("sha256", this.#key).update(callId).digest("base64url").slice(0, 22).replaceAll("-", "_");
  }
}

function ourUri(user: string, { listener, address }: Flow): string {
  const transport = listener.protocol === "udp" ? "" : `;transport=${listener.protocol}`;
  return `sip:${user}@${bracketed(address.host)}:${address.port}${transport};lr`;
}

/** True for a URI that names one of our own addresses. */
export function isLocal(text: string, listeners: readonly Listener[]): boolean {
  const uri = read(text);
  if (!uri) return false;
  const host = unbracketed(uri.host);
  return listeners.some((one) => (one.host === host || one.externalHost === host) && one.port === (uri.port ?? 5060));
}

function read(text: string): SipUri | undefined {
  try {
    return parseSipUri(text.includes("<") ? uriOf(text) : text);
  } catch {
    return undefined;
  }
}
