import type { Headers } from "../../sip-syntax/headers.ts";
import type { SipRequest } from "../../sip-syntax/message.ts";
import { parseNameAddr, printNameAddr, uriOf } from "../../sip-syntax/name-addr.ts";
import { bracketed, parseUri, printUri } from "../../sip-syntax/uri.ts";
import type { Flow } from "../transport/flow.ts";

/** The part of a flow that an address is made of. */
type Way = Pick<Flow, "listener" | "address">;

/**
 * Our address as a Contact or From value: `<sip:host:port>`, with `;transport=` unless it is UDP.
 * @param secure the other end asks for `sips:`, whose transport is TLS unless it says WebSocket (RFC 5630 3.1.4)
 */
export function contactOf(flow: Way, secure = false): string {
  const { protocol } = flow.listener;
  if (secure) return `<sips:${hostPortOf(flow)}${protocol === "wss" ? ";transport=ws" : ""}>`;
  return `<sip:${hostPortOf(flow)}${protocol === "udp" ? "" : `;transport=${protocol}`}>`;
}

/** RFC 3261 8.1.1.8: a request that is sent to a `sips:` URI, or by way of one, has such a Contact. */
export function isSentSecurely(request: { uri: string; headers: Headers }): boolean {
  return isSips(request.headers.list("Route")[0]) || isSips(request.uri);
}

/** RFC 3261 12.1.1: when the answer to a request must have a `sips:` Contact. */
export function asksForSecurity({ uri, headers }: SipRequest): boolean {
  return isSips(uri) || isSips(headers.list("Record-Route")[0] ?? headers.list("Contact")[0]);
}

/** True for a URI, or the value of a header with one, whose scheme is `sips`. */
function isSips(value: string | undefined): boolean {
  if (value === undefined || !/sips:/i.test(value)) return false;
  try {
    return /^sips:/i.test(value.includes("<") ? uriOf(value) : value);
  } catch {
    return false;
  }
}

function hostPortOf({ address }: Way): string {
  return `${bracketed(address.host)}:${address.port}`;
}

const replaceable = ["From", "To", "Contact", "P-Asserted-Identity"] as const;

/** drachtio's magic word: in these headers `localhost` stands for the address that the message leaves from. */
export function replaceLocalhost(headers: Headers, flow: Way): void {
  for (const name of replaceable) {
    const value = headers.get(name);
    const magic =
      value !== undefined && (value.includes("@localhost") || (name === "From" && value.includes("localhost")));
    if (magic) headers.replaceFirst(name, withAddress(value, flow));
  }
}

function withAddress(value: string, { address: ours }: Way): string {
  try {
    const address = parseNameAddr(value);
    const uri = parseUri(address.uri);
    if (uri.scheme === "tel" || uri.host !== "localhost") return value;
    return printNameAddr({ ...address, uri: printUri({ ...uri, host: bracketed(ours.host), port: ours.port }) });
  } catch {
    return value; // several values, or none of ours: left as the application wrote it
  }
}
