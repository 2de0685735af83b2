import type { Headers } from "../../sip-syntax/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import {
  parseSeconds,
  parseSessionExpires,
  printSessionExpires,
  type SessionExpires,
} from "../../sip-syntax/session-expires.ts";

/** What we want of session timers; seconds. */
export interface SessionPolicy {
  /** Asked for in calls of ours, and of those who know timers; 0: not asked for, and granted all the same. */
  readonly sessionExpires: number;
  /** Whoever wants less gets 422 (RFC 4028 5: at least 90). */
  readonly minSessionExpires: number;
}

/** What both ends agreed on. */
export interface SessionTerms {
  readonly seconds: number;
  readonly refresher: "us" | "peer";
}

type Role = "uac" | "uas";

/** RFC 4028 7.4, 9: only these refresh a session. */
export const refreshesSession: ReadonlySet<string> = new Set(["INVITE", "UPDATE"]);

const usualMinimum = 90;

/** RFC 4028 9: the peer knows timers, and wants its session refreshed too often. */
export function isTooBrief(request: SipRequest, { minSessionExpires }: SessionPolicy): boolean {
  if (!refreshesSession.has(request.method) || !request.headers.lists("Supported", "timer")) return false;
  const asked = parseSessionExpires(request.headers.get("Session-Expires"));
  return asked !== undefined && asked.seconds < minSessionExpires;
}

/** Our request as it asks for a timer (RFC 4028 7.1), or goes on with the one that runs (7.4). */
export function withTimer(draft: SipRequest, policy: SessionPolicy, running: SessionTerms | undefined): SipRequest {
  if (!refreshesSession.has(draft.method)) return draft;
  const headers = draft.headers.clone();
  addToken(headers, "Supported");
  const first = draft.method === "INVITE" && policy.sessionExpires > 0;
  const ours = running ? { seconds: running.seconds, refresher: roleOf(running, "uac") } : undefined;
  // Whoever may choose takes the work upon itself: applications need not know of timers then.
  const asked = ours ?? (first ? { seconds: policy.sessionExpires, refresher: "uac" as const } : undefined);
  if (asked && !headers.has("Session-Expires")) {
    headers.add("Session-Expires", printSessionExpires(asked));
    if (policy.minSessionExpires > usualMinimum) headers.add("Min-SE", String(policy.minSessionExpires));
  }
  return { ...draft, headers };
}

/** Our 2xx to INVITE or UPDATE as it grants a timer (RFC 4028 9). */
export function withGrant(
  draft: SipResponse,
  request: SipRequest,
  policy: SessionPolicy,
  running: SessionTerms | undefined,
): SipResponse {
  if (draft.status < 200 || draft.status > 299 || !refreshesSession.has(request.method)) return draft;
  const given = parseSessionExpires(draft.headers.get("Session-Expires"));
  const granted = completed(given ?? grantFor(request, policy, running), request);
  if (!granted) return draft;
  const headers = draft.headers.clone();
  headers.set("Session-Expires", printSessionExpires(granted));
  if (knowsTimers(request)) addToken(headers, "Require");
  return { ...draft, headers };
}

/** RFC 4028 7.3: the request as the 422 asks for it; undefined when it asks for nothing more. */
export function longerTimer(request: SipRequest, refusal: SipResponse): SipRequest | undefined {
  const minimum = parseSeconds(refusal.headers.get("Min-SE"));
  const asked = parseSessionExpires(request.headers.get("Session-Expires"));
  if (minimum === undefined || !asked || minimum <= asked.seconds) return undefined;
  const headers = request.headers.clone();
  headers.set("Session-Expires", printSessionExpires({ ...asked, seconds: minimum }));
  headers.set("Min-SE", String(minimum));
  return { ...request, headers };
}

/** What a 2xx says; undefined when the session does not expire. @param role ours in that transaction */
export function termsIn(response: SipResponse, role: Role): SessionTerms | undefined {
  const said = parseSessionExpires(response.headers.get("Session-Expires"));
  if (!said || said.seconds === 0) return undefined;
  return { seconds: said.seconds, refresher: (said.refresher ?? "uac") === role ? "us" : "peer" };
}

/** RFC 4028 9, table 2: who refreshes is the caller's choice, unless it does not know timers. */
function completed(grant: SessionExpires | undefined, request: SipRequest): SessionExpires | undefined {
  if (!grant || grant.refresher) return grant;
  const asked = parseSessionExpires(request.headers.get("Session-Expires"))?.refresher;
  return { ...grant, refresher: asked === "uac" && knowsTimers(request) ? "uac" : "uas" };
}

function grantFor(
  request: SipRequest,
  policy: SessionPolicy,
  running: SessionTerms | undefined,
): SessionExpires | undefined {
  const asked = parseSessionExpires(request.headers.get("Session-Expires"));
  if (asked) return { seconds: Math.max(asked.seconds, parseSeconds(request.headers.get("Min-SE")) ?? 0) };
  if (running) return { seconds: running.seconds, refresher: roleOf(running, "uas") };
  const wanted = policy.sessionExpires > 0 && request.method === "INVITE" && knowsTimers(request);
  return wanted ? { seconds: policy.sessionExpires, refresher: "uas" } : undefined;
}

function roleOf({ refresher }: SessionTerms, ours: Role): Role {
  if (refresher === "us") return ours;
  return ours === "uac" ? "uas" : "uac";
}

function knowsTimers({ headers }: SipMessage): boolean {
  return headers.lists("Supported", "timer") || headers.lists("Require", "timer");
}

function addToken(headers: Headers, name: "Supported" | "Require"): void {
  if (!headers.lists(name, "timer")) headers.set(name, [...headers.list(name), "timer"].join(", "));
}
