import { sdpOf } from "./body.ts";
import type { HeaderValues, InRequest } from "./link.ts";

/** Extensions that may be required of us: the SIP server does both (RFC 3262, 4028). */
const extensions: ReadonlySet<string> = new Set(["100rel", "timer"]);

/** The answer to a request that asks for what we do not understand. */
export interface NotUnderstood {
  readonly status: number;
  readonly headers: HeaderValues;
}

/** RFC 3261 8.2.2.3: an extension that we lack. */
export function missingExtension(request: InRequest): NotUnderstood | undefined {
  const required = (request.header("require") ?? "").split(",").map((tag) => tag.trim());
  const unknown = required.filter((tag) => tag !== "" && !extensions.has(tag.toLowerCase()));
  return unknown.length > 0 ? { status: 420, headers: { Unsupported: unknown.join(", ") } } : undefined;
}

/** The same for an INVITE, which must also hold what we can read (8.2.3), and may go on from here (RFC 7332 4). */
export function notUnderstood(request: InRequest): NotUnderstood | undefined {
  if (hopsOf(request) === 0) return { status: 483, headers: {} };
  return missingExtension(request) ?? unreadableBody(request);
}

/** How many more servers the request may pass; undefined where it does not say. */
export function hopsOf(request: InRequest): number | undefined {
  const value = request.header("max-forwards")?.trim() ?? "";
  return /^\d{1,3}$/.test(value) ? Number(value) : undefined;
}

function unreadableBody(request: InRequest): NotUnderstood | undefined {
  const encoding = request.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") return { status: 415, headers: { "Accept-Encoding": "identity" } };
  // RFC 3261 20.11: what may be ignored is.
  const optional = /;\s*handling\s*=\s*optional\b/i.test(request.header("content-disposition") ?? "");
  const readable = optional || request.body.trim() === "" || sdpOf(request) !== undefined;
  return readable ? undefined : { status: 415, headers: { Accept: "application/sdp" } };
}
