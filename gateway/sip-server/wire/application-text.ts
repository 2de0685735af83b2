import { isUtf8 } from "node:buffer";
import { splitAuthValues } from "../../sip-syntax/credentials.ts";
import { SipSyntaxError } from "../../sip-syntax/grammar.ts";
import { authenticationHeaders, singleHeaders } from "../../sip-syntax/header-names.ts";
import { Headers } from "../../sip-syntax/headers.ts";
import { parseMessage, printMessage, type SipMessage } from "../../sip-syntax/message.ts";

/** Frame-only header: the body is base64, because frames are text to drachtio-srf. Never on the wire. */
const bodyEncoding = "X-Body-Encoding";

/** A message as applications get it: long header names, authentication headers one a line, text for a body. */
export function toApplication(message: SipMessage): Buffer {
  const asText = isTextBody(message.body);
  if (asText && isPlain(message)) return printMessage(message);
  const body = asText ? message.body : Buffer.from(message.body.toString("base64"), "latin1");
  const headers = new Headers();
  for (const { key, name, value } of message.headers.fields) {
    if (key === "content-length" || key === "x-body-encoding") continue;
    for (const one of authenticationHeaders.has(key) ? splitAuthValues(value) : [value]) headers.add(name, one);
  }
  if (!asText) headers.add(bodyEncoding, "base64");
  headers.add("Content-Length", String(body.length));
  return printMessage({ ...message, headers, body });
}

/**
 * A message as an application wrote it, its body decoded. Its Content-Length counts something else and is dropped.
 * @throws SipSyntaxError also for a header that stands twice and must not: a line end inside a value made it
 */
export function fromApplication(text: Buffer): SipMessage {
  const message = parseMessage(text.includes("\r\n\r\n") ? text : Buffer.concat([text, Buffer.from("\r\n\r\n")]));
  const { headers } = message;
  headers.remove("Content-Length");
  refuseDoubles(headers);
  if (headers.get(bodyEncoding)?.toLowerCase() !== "base64") return message;
  headers.remove(bodyEncoding);
  return { ...message, body: Buffer.from(message.body.toString("latin1"), "base64") };
}

function refuseDoubles(headers: Headers): void {
  const seen = new Set<string>();
  for (const { key, name } of headers.fields) {
    if (singleHeaders.has(key) && seen.has(key)) throw new SipSyntaxError("header", `${name} stands twice`);
    seen.add(key);
  }
}

function isTextBody(body: Buffer): boolean {
  return body.length === 0 || (isUtf8(body) && !body.includes(0));
}

/** True when the message can be handed on as it is. */
function isPlain(message: SipMessage): boolean {
  let length: string | undefined;
  for (const { key, value } of message.headers.fields) {
    if (authenticationHeaders.has(key) && value.includes(",")) return false;
    if (key === "content-length") length = value;
  }
  return Number(length ?? 0) === message.body.length;
}
