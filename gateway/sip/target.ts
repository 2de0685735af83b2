import { parseUri } from "../sip-syntax/uri.ts";
import { decoded } from "./domains.ts";

/** A SIP address that somebody wants to call. */
export interface SipTarget {
  readonly user: string;
  /** Lower case. */
  readonly host: string;
  /** With its scheme, without headers (`?…` could smuggle some in). */
  readonly uri: string;
}

/** Reads `sip:bob@example.org` or `bob@example.org`; undefined when it is neither. */
export function parseTarget(text: string): SipTarget | undefined {
  try {
    const uri = parseUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
    if (uri.scheme === "tel" || uri.user === undefined) return undefined;
    // RFC 3261 25.1: an "@" in the user part is escaped; else two readers may find two hosts.
    if (uri.user.includes("@")) return undefined;
    const port = uri.port === undefined ? "" : `:${uri.port}`;
    const transport = uri.params.get("transport");
    const params = typeof transport === "string" ? `;transport=${transport}` : "";
    return { user: decoded(uri.user), host: uri.host, uri: `${uri.scheme}:${uri.user}@${uri.host}${port}${params}` };
  } catch {
    return undefined;
  }
}
