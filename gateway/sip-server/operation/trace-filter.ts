import type { PassingMessage } from "./passing-message.ts";

/** Which messages are shown; what is not given does not matter. */
export interface TraceFilter {
  readonly "call-id"?: string;
  /** The user part of the Request-URI, From or To. */
  readonly user?: string;
  /** The peer, as `192.0.2.1` or `192.0.2.1:5060`; IPv6 in brackets when a port follows. */
  readonly address?: string;
}

const keys = ["call-id", "user", "address"] as const;

/** Reads a query such as `?call-id=…&user=…`; undefined when it names nothing, or something else. */
export function readFilter(query: URLSearchParams): TraceFilter | undefined {
  const names = [...query.keys()];
  const known = names.every((name) => keys.some((key) => key === name) && query.get(name) !== "");
  return known && names.length > 0 ? Object.fromEntries(query) : undefined;
}

export function isSame(one: TraceFilter, other: TraceFilter): boolean {
  return keys.every((key) => one[key] === other[key]);
}

export function fits(filter: TraceFilter, message: PassingMessage): boolean {
  const { address, user } = filter;
  const id = filter["call-id"];
  if (address !== undefined && !names(address, message)) return false;
  if (id !== undefined && message.callId !== id) return false;
  return user === undefined || message.parties.some((text) => namesUser(text, user));
}

function names(address: string, { flow: { remote } }: PassingMessage): boolean {
  const { host, port } = remote;
  return address === host || address === `${host}:${port}` || address === `[${host}]:${port}`;
}

/** `sip:USER@`, `sip:USER;…@` or `tel:USER`. */
function namesUser(text: string, user: string): boolean {
  const [, found] = /(?:sips?|tel):([^@;:>\s]+)/i.exec(text) ?? [];
  return found?.toLowerCase() === user.toLowerCase();
}
