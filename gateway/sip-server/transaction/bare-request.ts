import { Headers } from "../../sip-syntax/headers.ts";
import { emptyBody, type SipRequest } from "../../sip-syntax/message.ts";

/** What is left of a request that was answered: its method. */
export function bareRequest(method: string): SipRequest {
  return { kind: "request", method, uri: "", headers: new Headers(), body: emptyBody };
}
