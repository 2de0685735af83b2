import { Headers } from "../../sip-syntax/headers.ts";
import { knownMethods } from "../../sip-syntax/methods.ts";
import { emptyBody, type SipRequest } from "../../sip-syntax/message.ts";

/** What is left of a request that was answered: its method. To be read only: it is one for all. */
export function bareRequest(method: string): SipRequest {
  return known.get(method) ?? bare(method);
}

function bare(method: string): SipRequest {
  return { kind: "request", method, uri: "", headers: new Headers(), body: emptyBody };
}

const known: ReadonlyMap<string, SipRequest> = new Map([...knownMethods].map((method) => [method, bare(method)]));
