import type { Headers } from "../../sip-syntax/headers.ts";
import { printVia, splitTopVia, type Via } from "../../sip-syntax/via.ts";
import { canonicalHost } from "../../sip-syntax/uri.ts";
import type { Endpoint } from "../transport/flow.ts";

/**
 * Notes in the top Via where the request came from (RFC 3261 18.2.1, RFC 3581 4). `rport` is filled in even when it
 * was not asked for: answers go back to the port that the request came from.
 */
export function completeVia(headers: Headers, via: Via, source: Endpoint): void {
  const params = new Map(via.params);
  // RFC 3261 25.1: `received` is an address without the brackets that sent-by has.
  if (canonicalHost(via.host) !== source.host) params.set("received", source.host);
  params.set("rport", String(source.port));
  const { rest } = splitTopVia(headers.get("Via") ?? "");
  const top = printVia({ ...via, params });
  headers.replaceFirst("Via", rest === "" ? top : `${top}, ${rest}`);
}
