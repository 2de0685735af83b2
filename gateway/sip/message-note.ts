import { isIP } from "node:net";
import type { Endpoint } from "../call/wire.ts";
import { splitTopVia, parseVia } from "../sip-syntax/via.ts";
import { parseUri } from "../sip-syntax/uri.ts";

type Reader = (name: string) => string | undefined;
type Lines = readonly (readonly [name: string, value: string])[];

/** What a journal may keep of a message. Whatever authenticates is not among it, and no body. */
const told = [
  "Via",
  "From",
  "To",
  "Call-ID",
  "CSeq",
  "Contact",
  "User-Agent",
  "Server",
  "Reason",
  "Warning",
  "Retry-After",
  "Allow",
  "Supported",
  "Require",
  "Unsupported",
  "RSeq",
  "RAck",
  "Session-Expires",
  "P-Asserted-Identity",
  "Diversion",
  "Refer-To",
  "Content-Type",
] as const;

const maxValue = 200;

export function headerLines(header: Reader): Lines {
  return told.flatMap((name) => {
    const value = header(name);
    if (value === undefined || value === "") return [];
    return [[name, shown(name === "Via" ? splitTopVia(value).top : value)] as const];
  });
}

/** Without a password in a SIP URI (RFC 3261 19.1.1), its headers, and the tokens of push services (RFC 8599). */
export function shown(value: string): string {
  if (!/sips?:|;pn-/i.test(value)) return value.slice(0, maxValue);
  return value
    .replace(/(sips?:[^\s:@;<>?]+):[^\s@<>]*@/gi, "$1@")
    .replace(/(sips?:[^\s<>?]*)\?[^\s<>;,]*/gi, "$1")
    .replace(/;\+?pn-[\w-]+(=("[^"]*"|[^\s;,>]*))?/gi, "")
    .slice(0, maxValue);
}

/** Who sent the message, by its top Via. */
export function sentBy(via: string | undefined): Endpoint | undefined {
  try {
    const { host, port, transport } = parseVia(splitTopVia(via ?? "").top.trim());
    return { address: host, port: port ?? 5060, transport: transport.toLowerCase() };
  } catch {
    return undefined;
  }
}

/** Where a URI leads, when it names an address and not a domain. */
export function endpointOf(uri: string): Endpoint | undefined {
  try {
    const parsed = parseUri(uri);
    if (parsed.scheme === "tel" || isIP(parsed.host.replace(/^\[|\]$/g, "")) === 0) return undefined;
    const transport = parsed.params.get("transport");
    return {
      address: parsed.host,
      port: parsed.port ?? 5060,
      transport: typeof transport === "string" ? transport.toLowerCase() : "udp",
    };
  } catch {
    return undefined;
  }
}
