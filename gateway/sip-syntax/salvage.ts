import { bodyStart, parseMessage, type SipRequest } from "./message.ts";

/** A request whose first line cannot be used, and what its sender is told. */
export interface Salvaged {
  readonly message: SipRequest;
  readonly flaw: { readonly status: 400 | 505; readonly reason: string };
}

/** A method, anything, and a version. */
const shape = /^([A-Za-z0-9\-.!%*_+`'~]+)[ \t]+\S.*[ \t]sip\/(\d+\.\d+)[ \t]*$/is;

/**
 * The headers of a request with a wrong request line, as far as an answer needs them: RFC 4475 3.1.2.7 to 3.1.2.10
 * ask for 400, 3.1.2.16 for 505. The URI is a placeholder. Undefined when it is no request at all.
 */
export function salvageRequest(bytes: Buffer): Salvaged | undefined {
  const end = bytes.indexOf("\r\n");
  const match = end < 0 ? undefined : shape.exec(bytes.toString("latin1", 0, end));
  if (!match?.[1] || bodyStart(bytes) < 0) return undefined;
  const line = Buffer.from(`${match[1]} sip:salvaged.invalid SIP/2.0`);
  try {
    const message = parseMessage(Buffer.concat([line, bytes.subarray(end)]));
    if (message.kind !== "request") return undefined;
    return match[2] === "2.0"
      ? { message, flaw: { status: 400, reason: "the request line is malformed" } }
      : { message, flaw: { status: 505, reason: "only SIP/2.0 is spoken here" } };
  } catch {
    return undefined;
  }
}
