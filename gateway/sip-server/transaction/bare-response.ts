import { Headers } from "../../sip-syntax/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import { tagOf, withTag } from "../../sip-syntax/name-addr.ts";
import { SipSyntaxError } from "../../sip-syntax/grammar.ts";

/**
 * A response with the headers that RFC 3261 8.2.6 copies from the request, and nothing else.
 * With `toTag` the To gets it, unless it has one.
 */
export function bareResponse(request: SipRequest, status: number, reason: string, toTag?: string): SipResponse {
  const headers = new Headers();
  for (const via of request.headers.lines("Via")) headers.add("Via", via);
  for (const name of ["From", "To", "Call-ID", "CSeq"]) {
    // A request that is refused for what it lacks lacks it in the answer too.
    const value = request.headers.get(name);
    if (value !== undefined) headers.add(name, name === "To" ? taggedTo(value, toTag) : value);
  }
  // RFC 3261 8.2.6.1: a 100 carries the Timestamp of its request.
  const timestamp = status === 100 ? request.headers.get("Timestamp") : undefined;
  if (timestamp !== undefined) headers.add("Timestamp", timestamp);
  return { kind: "response", status, reason, headers, body: emptyBody };
}

function taggedTo(to: string, tag: string | undefined): string {
  if (tag === undefined || tagOf(to) !== undefined) return to;
  try {
    return withTag(to, tag);
  } catch (fault) {
    if (fault instanceof SipSyntaxError) return to;
    throw fault;
  }
}
