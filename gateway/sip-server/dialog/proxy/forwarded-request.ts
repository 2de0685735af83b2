import { Headers } from "../../../sip-syntax/headers.ts";
import type { SipRequest, SipResponse } from "../../../sip-syntax/message.ts";
import { splitTopVia } from "../../../sip-syntax/via.ts";

/** What distinguishes a copy that a proxy forwards. */
export interface Forwarding {
  readonly uri: string;
  /** Route values that are left after ours. */
  readonly routes: readonly string[];
  readonly recordRoutes: readonly string[];
  /** RFC 3327: the way back to who registers. */
  readonly path?: Path | undefined;
  /** Headers that the application adds. */
  readonly more?: Headers;
}

export interface Path {
  readonly value: string;
  /** The registrar must know what to do with it. */
  readonly required: boolean;
}

/** Written by the proxy, whatever the application adds. */
const ours = new Set([
  "via",
  "route",
  "record-route",
  "max-forwards",
  "from",
  "to",
  "call-id",
  "cseq",
  "content-length",
]);

const defaultMaxForwards = 70;

/** The value of Max-Forwards; a request without one may still go as far as any (RFC 3261 16.6). */
export function maxForwards(request: SipRequest): number {
  const value = Number(request.headers.get("Max-Forwards") ?? defaultMaxForwards);
  return Number.isInteger(value) && value >= 0 ? value : defaultMaxForwards;
}

/** RFC 3261 16.6, steps 1 to 5; the Via is added when it is sent. */
export function forwardedRequest(request: SipRequest, forwarding: Forwarding): SipRequest {
  const { uri, routes, recordRoutes, path, more } = forwarding;
  const headers = new Headers();
  for (const route of routes) headers.add("Route", route);
  for (const value of recordRoutes) headers.add("Record-Route", value);
  if (path) headers.add("Path", path.value);
  if (path?.required) headers.add("Require", "path");
  for (const { key, name, value } of request.headers.fields) {
    if (key === "route") continue;
    headers.add(name, key === "max-forwards" ? String(maxForwards(request) - 1) : value);
  }
  if (!request.headers.has("Max-Forwards")) headers.add("Max-Forwards", String(defaultMaxForwards));
  for (const { key, name, value } of more?.fields ?? []) if (!ours.has(key)) headers.add(name, value);
  return { ...request, uri, headers };
}

/** RFC 3261 16.7, step 3: without our own Via. */
export function withoutOurVia(response: SipResponse): SipResponse {
  const headers = response.headers.clone();
  const [first, ...others] = headers.lines("Via");
  const { rest } = splitTopVia(first ?? "");
  headers.remove("Via");
  for (const via of [...(rest === "" ? [] : [rest]), ...others].reverse()) headers.addFirst("Via", via);
  return { ...response, headers };
}
