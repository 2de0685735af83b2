import { SipSyntaxError } from "../../sip-syntax/grammar.ts";
import { contentLength, parseMessage, type SipMessage } from "../../sip-syntax/message.ts";
import { salvageRequest } from "../../sip-syntax/salvage.ts";
import type { Flaw } from "./flow.ts";

/** A message, and why it must not be processed. */
export interface Datagram {
  readonly message: SipMessage;
  readonly flaw?: Flaw;
}

/**
 * The one message that a datagram is (RFC 3261 18.1.1); undefined for bytes of no meaning. A request that is damaged
 * in a way that leaves its headers readable comes with its flaw, so that its sender can be told.
 */
export function readDatagram(bytes: Buffer): Datagram | undefined {
  try {
    return cutToLength(parseMessage(bytes));
  } catch (fault) {
    if (fault instanceof SipSyntaxError && fault.code === "start-line") return salvageRequest(bytes);
    return undefined;
  }
}

/** RFC 3261 18.3: bytes beyond Content-Length are cut off; too few make a request a bad one. */
function cutToLength(message: SipMessage): Datagram {
  const length = readLength(message);
  if (length === "bad") return { message, flaw: bad("Content-Length is not a number") };
  if (length > message.body.length) return { message, flaw: bad("Content-Length is larger than the datagram") };
  return length < message.body.length
    ? { message: { ...message, body: message.body.subarray(0, length) } }
    : { message };
}

function readLength({ headers, body }: SipMessage): number | "bad" {
  try {
    return contentLength(headers) ?? body.length;
  } catch {
    return "bad";
  }
}

function bad(reason: string): Flaw {
  return { status: 400, reason };
}
