import { isIP, SocketAddress } from "node:net";
import { noParams, type Params, SipSyntaxError } from "./grammar.ts";

/** A `sip:` or `sips:` URI (RFC 3261 19.1). `user`, `password`, params and headers stay percent-encoded as given. */
export interface SipUri {
  readonly scheme: "sip" | "sips";
  readonly user?: string;
  readonly password?: string;
  /** Lower case; an IPv6 address stands in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  /** The text after `?`, as given. */
  readonly headers?: string;
}

/** A `tel:` URI (RFC 3966). */
export interface TelUri {
  readonly scheme: "tel";
  /** As given, with visual separators. */
  readonly number: string;
  readonly params: Params;
}

export type Uri = SipUri | TelUri;

/** @throws SipSyntaxError `uri` */
export function parseUri(text: string): Uri {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = text.slice(colon + 1);
  if (scheme === "tel") return parseTel(rest);
  if (scheme !== "sip" && scheme !== "sips") throw wrong(text);
  return parseSip(scheme, rest, text);
}

/** @throws SipSyntaxError `uri`, also for `tel:` */
export function parseSipUri(text: string): SipUri {
  const uri = parseUri(text);
  if (uri.scheme === "tel") throw wrong(text);
  return uri;
}

export function printUri(uri: Uri): string {
  if (uri.scheme === "tel") return `tel:${uri.number}${printUriParams(uri.params)}`;
  const password = uri.password === undefined ? "" : `:${uri.password}`;
  const user = uri.user === undefined ? "" : `${uri.user}${password}@`;
  const port = uri.port === undefined ? "" : `:${uri.port}`;
  const headers = uri.headers === undefined ? "" : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${printUriParams(uri.params)}${headers}`;
}

/** The value of a URI parameter in lower case, or undefined. */
export function uriParam(uri: Uri, name: string): string | undefined {
  const value = uri.params.get(name);
  return typeof value === "string" ? value.toLowerCase() : undefined;
}

/** A host as it is written in URI and Via: an IPv6 address gets its brackets. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** A host as sockets want it: without brackets. */
export function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** A host for comparing: lower case, without brackets, an IPv6 address in its one short form (RFC 5952). */
export function canonicalHost(host: string): string {
  const bare = unbracketed(host).toLowerCase();
  return isIP(bare) === 6 ? new SocketAddress({ address: bare, family: "ipv6" }).address : bare;
}

/** Splits `host[:port]`, `[v6][:port]`; undefined when it is neither. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._]+)(?::(\d{1,5}))?$/.exec(text);
  if (!match?.[1]) return undefined;
  const host = match[1].toLowerCase();
  if (match[2] === undefined) return { host };
  const port = Number(match[2]);
  return port > 65_535 ? undefined : { host, port };
}

function parseSip(scheme: "sip" | "sips", rest: string, whole: string): SipUri {
  const at = rest.lastIndexOf("@", endOfAuthority(rest));
  const userinfo = at < 0 ? undefined : rest.slice(0, at);
  const { hostport, params, headers } = cut(rest.slice(at + 1));
  const address = parseHostPort(hostport);
  if (!address || userinfo === "" || /[\s<>"]/.test(rest)) throw wrong(whole);
  const colon = userinfo?.indexOf(":") ?? -1;
  return {
    scheme,
    ...(userinfo !== undefined && { user: colon < 0 ? userinfo : userinfo.slice(0, colon) }),
    ...(userinfo !== undefined && colon >= 0 && { password: userinfo.slice(colon + 1) }),
    ...address,
    params: parseUriParams(params),
    ...(headers !== undefined && { headers }),
  };
}

/** The user part may hold `;` and `?`, so the last `@` before any URI header counts. */
function endOfAuthority(rest: string): number {
  const first = rest.indexOf("@");
  const question = rest.indexOf("?", first < 0 ? 0 : first);
  return question < 0 ? rest.length : question;
}

function cut(text: string): { hostport: string; params: string; headers?: string } {
  const question = text.indexOf("?");
  const before = question < 0 ? text : text.slice(0, question);
  const semicolon = before.indexOf(";");
  return {
    hostport: semicolon < 0 ? before : before.slice(0, semicolon),
    params: semicolon < 0 ? "" : before.slice(semicolon + 1),
    ...(question >= 0 && { headers: text.slice(question + 1) }),
  };
}

function parseTel(rest: string): TelUri {
  const [number = "", ...params] = rest.split(";");
  if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(number)) throw wrong(`tel:${rest}`);
  return { scheme: "tel", number, params: parseUriParams(params.join(";")) };
}

function parseUriParams(text: string): Params {
  if (text === "") return noParams;
  const params = new Map<string, string | true>();
  for (const piece of text.split(";")) {
    const equals = piece.indexOf("=");
    if (equals >= 0) params.set(piece.slice(0, equals).toLowerCase(), piece.slice(equals + 1));
    else if (piece !== "") params.set(piece.toLowerCase(), true);
  }
  return params;
}

function printUriParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) text += value === true ? `;${name}` : `;${name}=${value}`;
  return text;
}

function wrong(text: string): SipSyntaxError {
  return new SipSyntaxError("uri", `not a SIP or tel URI: ${text.slice(0, 80)}`);
}
