import type { SipRequest } from "../../sip-syntax/message.ts";
import { uriOf } from "../../sip-syntax/name-addr.ts";
import type { Refusal } from "./core.ts";
import { isTooBrief, type SessionPolicy } from "./session-terms.ts";

/** What may be asked of the server and its applications. */
export interface ServicePolicy extends SessionPolicy {
  /** Option tags that applications understand, lower case; undefined: they judge themselves. */
  readonly extensions: ReadonlySet<string> | undefined;
}

/** An answer that is given before any application sees the request. */
export interface RefusedAtOnce {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly why: Refusal;
}

/** Extensions that the server knows by itself (RFC 3262, 4028). */
const ours: ReadonlySet<string> = new Set(["100rel", "timer"]);

/** Schemes of a Request-URI that an application may know what to do with (RFC 3261, 3966, 3859, 3860, 5031). */
const targets = /^(sips?|tel|im|pres|urn):/i;

/** Whom a registrar can register (RFC 3261 10.2; telephone numbers by habit). */
const registrable = /^(sips?|tel):/i;

/** The answer to a new request that no application could serve (RFC 3261 8.2.2.1, 10.3 step 5). */
export function refusalOf(request: SipRequest, policy: ServicePolicy): RefusedAtOnce | undefined {
  if (!targets.test(request.uri)) return { status: 416, reason: "Unsupported URI Scheme", why: "scheme" };
  const registers = request.method === "REGISTER";
  if (registers && !registrable.test(uriOf(request.headers.get("To") ?? ""))) {
    return { status: 400, reason: "Bad Request (To)", why: "scheme" };
  }
  return refusalInDialog(request, policy);
}

/** The same for any request: it needs what nobody understands (RFC 3261 8.2.2.3), or too much (RFC 4028 9). */
export function refusalInDialog(request: SipRequest, policy: ServicePolicy): RefusedAtOnce | undefined {
  const unknown = unsupported(request, policy.extensions);
  if (unknown.length > 0) return badExtension(unknown);
  if (!isTooBrief(request, policy)) return undefined;
  const headers = [["Min-SE", String(policy.minSessionExpires)]] as const;
  return { status: 422, reason: "Session Interval Too Small", headers, why: "session too brief" };
}

/** RFC 3261 16.3, step 5: as a proxy we know no extension at all. */
export function refusalByProxy({ headers }: SipRequest): RefusedAtOnce | undefined {
  const required = headers.list("Proxy-Require");
  return required.length > 0 ? badExtension(required) : undefined;
}

function unsupported({ headers }: SipRequest, extensions: ReadonlySet<string> | undefined): string[] {
  if (!extensions || !headers.has("Require")) return [];
  return headers.list("Require").filter((tag) => !ours.has(tag.toLowerCase()) && !extensions.has(tag.toLowerCase()));
}

function badExtension(tags: readonly string[]): RefusedAtOnce {
  const headers = [["Unsupported", tags.join(", ")]] as const;
  return { status: 420, reason: "Bad Extension", headers, why: "extension" };
}
