import { type CSeq, parseCSeq } from "./cseq.ts";
import { SipSyntaxError } from "./grammar.ts";
import { singleHeaders } from "./header-names.ts";
import type { SipMessage, SipRequest } from "./message.ts";
import { checkAddress, tagOf } from "./name-addr.ts";
import { parseUri } from "./uri.ts";
import { hasEmptyParts, parseVia, splitTopVia, type Via } from "./via.ts";

/** What a stack must know of every message: read once, when it arrives. The rest stays text until somebody asks. */
export interface Envelope {
  /** The top Via. */
  readonly via: Via;
  readonly callId: string;
  readonly cseq: CSeq;
  readonly fromTag: string;
  readonly toTag: string | undefined;
}

/** Reads the headers that RFC 3261 8.1.1 makes mandatory. @throws SipSyntaxError naming the one that is wrong */
export function readEnvelope(message: SipMessage): Envelope {
  const value = (name: string): string => {
    const found = message.headers.get(name);
    if (!found) throw new SipSyntaxError("header", `${name} is missing`);
    return found;
  };
  const [from, to] = [value("From"), value("To")];
  const via = splitTopVia(value("Via")).top;
  const cseq = parseCSeq(value("CSeq"));
  if (message.kind === "request") checkRequest(message, cseq, from, to);
  return {
    via: parseVia(via),
    callId: value("Call-ID"),
    cseq,
    fromTag: tagOf(from) ?? "",
    toTag: tagOf(to),
  };
}

/** What makes a request a bad one (RFC 4475 3.1.2, 3.3): a response like it is dropped by whoever does not know it. */
function checkRequest(request: SipRequest, cseq: CSeq, from: string, to: string): void {
  refuseDoubles(request);
  if (cseq.method !== request.method) {
    throw new SipSyntaxError("cseq", "the method in CSeq is another than in the request line");
  }
  checkAddress(from);
  checkAddress(to);
  if (request.headers.lines("Via").some(hasEmptyParts)) throw new SipSyntaxError("via", "a Via has empty parameters");
  checkTarget(request.uri);
  // RFC 3261 20.10: without angle brackets a URI has no headers.
  if (request.headers.lines("Contact").some((line) => line.includes("?") && !line.includes("<"))) {
    throw new SipSyntaxError("contact", "a Contact without angle brackets has URI headers");
  }
}

/** Two values where there is one at most: filters and applications would each look at another. */
function refuseDoubles({ headers }: SipRequest): void {
  const seen = new Set<string>();
  for (const { key, name } of headers.fields) {
    if (!singleHeaders.has(key)) continue;
    if (seen.has(key)) throw new SipSyntaxError("header", `${name} stands twice`);
    seen.add(key);
  }
}

/** RFC 3261 19.1.1: a Request-URI has no headers; those of a link could name a Route. */
function checkTarget(text: string): void {
  if (!/^sips?:/i.test(text)) return;
  const uri = parseUri(text);
  if (uri.scheme !== "tel" && uri.headers !== undefined) {
    throw new SipSyntaxError("uri", "the Request-URI has headers");
  }
}
