import { Headers } from "../../sip-syntax/headers.ts";
import type { SipRequest, SipResponse } from "../../sip-syntax/message.ts";
import { tagOf, withTag } from "../../sip-syntax/name-addr.ts";

const ours = new Set(["via", "from", "to", "call-id", "cseq", "record-route", "content-length", "rseq"]);

/** A response from the application's draft: what RFC 3261 8.2.6.2 copies from the request, then the draft's own. */
export function composeResponse(
  draft: SipResponse,
  request: SipRequest,
  made: { toTag: string; contact?: string | undefined; rseq?: number },
): SipResponse {
  const asked = request.headers;
  const headers = new Headers();
  for (const via of asked.lines("Via")) headers.add("Via", via);
  // RFC 3261 12.1.1: the route set of the dialog, for the caller.
  if (draft.status > 100 && draft.status < 300) {
    for (const route of asked.lines("Record-Route")) headers.add("Record-Route", route);
  }
  const to = asked.get("To") ?? "";
  headers.add("From", asked.get("From") ?? "");
  headers.add("To", draft.status === 100 || tagOf(to) !== undefined ? to : withTag(to, made.toTag));
  headers.add("Call-ID", asked.get("Call-ID") ?? "");
  headers.add("CSeq", asked.get("CSeq") ?? "");
  if (made.contact !== undefined && !draft.headers.has("Contact")) headers.add("Contact", made.contact);
  if (made.rseq !== undefined) addReliable(headers, draft, made.rseq);
  for (const field of draft.headers.fields) if (!ours.has(field.key)) headers.add(field.name, field.value);
  if (draft.body.length > 0 && !draft.headers.has("Content-Type")) headers.add("Content-Type", "application/sdp");
  headers.add("Content-Length", String(draft.body.length));
  return { ...draft, headers };
}

/** RFC 3262 3. */
function addReliable(headers: Headers, draft: SipResponse, rseq: number): void {
  if (!draft.headers.lists("Require", "100rel")) headers.add("Require", "100rel");
  headers.add("RSeq", String(rseq));
}
