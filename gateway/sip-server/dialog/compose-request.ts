import { randomInt } from "node:crypto";
import { randomToken, uuid } from "../../base/ids.ts";
import { parseCSeq } from "../../sip-syntax/cseq.ts";
import { Headers } from "../../sip-syntax/headers.ts";
import type { SipRequest } from "../../sip-syntax/message.ts";
import { parseNameAddr, printNameAddr, tagOf, uriOf, withTag } from "../../sip-syntax/name-addr.ts";
import { parseSipUri } from "../../sip-syntax/uri.ts";
import type { Flow } from "../transport/flow.ts";
import { contactOf, isSentSecurely, replaceLocalhost } from "./contact-address.ts";
import type { Dialog } from "./dialog.ts";

/** Headers that the server writes, whatever the application says. */
const ours = new Set([
  "via",
  "route",
  "record-route",
  "rseq",
  "content-length",
  "max-forwards",
  "from",
  "to",
  "call-id",
  "cseq",
  "contact",
]);

/** A request outside a dialog from the application's draft (RFC 3261 8.1.1); the Via is added when it is sent. */
export function composeRequest(draft: SipRequest, flow: Flow): SipRequest {
  const given = draft.headers;
  const from = given.get("From") ?? contactOf(flow);
  const headers = new Headers();
  for (const route of given.lines("Route")) headers.add("Route", route);
  headers.add("Max-Forwards", given.get("Max-Forwards") ?? "70");
  headers.add("From", tagOf(from) === undefined ? withTag(from, randomToken(9)) : from);
  headers.add("To", bracketedAddress(given.get("To") ?? `<${draft.uri}>`));
  headers.add("Call-ID", given.get("Call-ID") ?? uuid());
  headers.add("CSeq", `${sequenceOf(draft) ?? randomInt(1, 2 ** 27)} ${draft.method}`);
  addContact(headers, draft, flow, draft.method === "INVITE" || draft.method === "SUBSCRIBE", undefined);
  addRest(headers, draft);
  replaceLocalhost(headers, flow);
  return { ...draft, headers };
}

/** A request inside a dialog (RFC 3261 12.2.1.1). `seq` is the CSeq number. */
export function composeInDialog(draft: SipRequest, dialog: Dialog, flow: Flow, seq: number): SipRequest {
  const { uri, routes } = targetOf(dialog);
  const headers = new Headers();
  for (const route of routes) headers.add("Route", route);
  headers.add("Max-Forwards", draft.headers.get("Max-Forwards") ?? "70");
  headers.add("From", dialog.local);
  headers.add("To", dialog.remote);
  headers.add("Call-ID", dialog.callId);
  headers.add("CSeq", `${seq} ${draft.method}`);
  addContact(headers, draft, flow, refreshesTarget.has(draft.method), dialog.contact);
  addRest(headers, draft);
  replaceLocalhost(headers, flow);
  return { ...draft, uri, headers };
}

/** RFC 3261 9.1: a CANCEL repeats what the INVITE said, Via included. */
export function composeCancel(draft: SipRequest, invite: SipRequest): SipRequest {
  const headers = new Headers();
  headers.add("Via", invite.headers.get("Via") ?? "");
  for (const route of invite.headers.lines("Route")) headers.add("Route", route);
  for (const name of ["Max-Forwards", "From", "To", "Call-ID"]) headers.add(name, invite.headers.get(name) ?? "");
  headers.add("CSeq", `${parseInt(invite.headers.get("CSeq") ?? "0", 10)} CANCEL`);
  addRest(headers, draft);
  return { ...draft, uri: invite.uri, headers };
}

/** Requests whose Contact is the new remote target of the peer (RFC 3261 12.2, 3311 4, 6665 4.4.1, 3515 2.2). */
export const refreshesTarget: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE", "UPDATE", "REFER", "NOTIFY"]);

/** RFC 3261 12.2.1.1: the remote target with the route set, also for a first hop that is a strict router. */
function targetOf(dialog: Dialog): { uri: string; routes: readonly string[] } {
  const target = dialog.remoteTarget ?? dialog.firstTarget ?? uriOf(dialog.remote);
  const [first, ...rest] = dialog.routeSet;
  if (first === undefined || isLoose(first)) return { uri: target, routes: dialog.routeSet };
  return { uri: uriOf(first), routes: [...rest, `<${target}>`] };
}

/** The URI that the first hop of a dialog is found by; a strict router is one as well (RFC 3261 12.2.1.1). */
export function firstHop(dialog: Dialog): string {
  const [route] = dialog.routeSet;
  return route === undefined ? (dialog.remoteTarget ?? dialog.firstTarget ?? uriOf(dialog.remote)) : uriOf(route);
}

/** The URI that the next hop is found by. */
export function hopOf(request: SipRequest): string {
  const route = request.headers.list("Route")[0];
  return route !== undefined && isLoose(route) ? uriOf(route) : request.uri;
}

export function isLoose(route: string): boolean {
  try {
    return parseSipUri(uriOf(route)).params.has("lr");
  } catch {
    return false;
  }
}

function sequenceOf(draft: SipRequest): number | undefined {
  const given = draft.headers.get("CSeq");
  if (given === undefined) return undefined;
  try {
    return parseCSeq(given).number;
  } catch {
    const number = /^\d+$/.exec(given);
    return number ? Number(number[0]) : undefined;
  }
}

function addContact(headers: Headers, draft: SipRequest, flow: Flow, needed: boolean, usual: string | undefined): void {
  const given = draft.headers.lines("Contact");
  if (given.length > 0) for (const value of given) headers.add("Contact", value);
  else if (needed) headers.add("Contact", usual ?? contactOf(flow, isSentSecurely({ uri: draft.uri, headers })));
}

/** What the application says beyond the headers that are ours, and the true length. */
export function addRest(headers: Headers, draft: { headers: Headers; body: Buffer }): void {
  for (const field of draft.headers.fields) if (!ours.has(field.key)) headers.add(field.name, field.value);
  headers.add("Content-Length", String(draft.body.length));
}

/** A bare URI gets its brackets: else its parameters would become the header's. */
function bracketedAddress(value: string): string {
  return value.includes("<") ? value : printNameAddr(parseNameAddr(bare(value)));
}

/** `sip:bob@biloxi.com;transport=tcp` given as a To means the whole URI; only `tag` is the header's. */
function bare(value: string): string {
  const tag = tagOf(value);
  const uri = value.replace(/;\s*tag\s*=[^;]*/i, "").trim();
  return tag === undefined ? `<${uri}>` : `<${uri}>;tag=${tag}`;
}
