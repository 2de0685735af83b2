import { Headers } from "../../sip-syntax/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";

/** The ACK that an INVITE client transaction sends for a final response other than 2xx (RFC 3261 17.1.1.3). */
export function ackForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  const headers = new Headers();
  headers.add("Via", invite.headers.get("Via") ?? "");
  for (const route of invite.headers.lines("Route")) headers.add("Route", route);
  headers.add("Max-Forwards", "70");
  headers.add("From", invite.headers.get("From") ?? "");
  headers.add("To", response.headers.get("To") ?? invite.headers.get("To") ?? "");
  headers.add("Call-ID", invite.headers.get("Call-ID") ?? "");
  headers.add("CSeq", `${parseInt(invite.headers.get("CSeq") ?? "0", 10)} ACK`);
  headers.add("Content-Length", "0");
  return { kind: "request", method: "ACK", uri: invite.uri, headers, body: emptyBody };
}
