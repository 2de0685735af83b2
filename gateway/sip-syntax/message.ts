import { isUtf8 } from "node:buffer";
import { isToken, SipSyntaxError } from "./grammar.ts";
import { headerName } from "./header-names.ts";
import { Headers, type HeaderField } from "./headers.ts";

export interface SipRequest {
  readonly kind: "request";
  readonly method: string;
  /** The Request-URI as text. */
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

export const emptyBody: Buffer = Buffer.alloc(0);

/** More header lines than any honest message has. */
const maxHeaderLines = 300;

/** Where the body begins in `bytes`: after the first empty line; -1 when that line has not come yet. */
export function bodyStart(bytes: Buffer, from = 0): number {
  const blank = bytes.indexOf("\r\n\r\n", from, "latin1");
  return blank < 0 ? -1 : blank + 4;
}

/**
 * Parses a whole message: everything after the empty line is the body, whatever Content-Length says.
 * Header text is UTF-8; when it is not, each byte is taken as its Latin-1 character rather than lost.
 * @throws SipSyntaxError
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const start = bodyStart(bytes);
  if (start < 0) throw new SipSyntaxError("header", "the empty line after the headers is missing");
  return parseHead(bytes.subarray(0, start - 2), bytes.subarray(start));
}

/**
 * Parses start line and header lines (each with its line end) and adds `body`.
 * @throws SipSyntaxError
 */
export function parseHead(head: Buffer, body: Buffer): SipMessage {
  const text = isUtf8(head) ? head.toString("utf8") : head.toString("latin1");
  const lineEnd = text.indexOf("\r\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const headers = new Headers(parseFields(text, line.length + 2));
  return line.startsWith("SIP/") ? response(line, headers, body) : request(line, headers, body);
}

/** The number in Content-Length; undefined when the header is missing. @throws SipSyntaxError */
export function contentLength(headers: Headers): number | undefined {
  const value = headers.get("content-length");
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new SipSyntaxError("content-length", "Content-Length is not a number");
  return Number(value);
}

/** The bytes of a message as they stand on the wire. Content-Length must be set by the caller. */
export function printMessage(message: SipMessage): Buffer {
  const head = Buffer.from(printHead(message), "utf8");
  return message.body.length === 0 ? head : Buffer.concat([head, message.body]);
}

/**
 * The same in memory of its own, for what is kept: a small buffer is otherwise a piece of a slab that Node shares out,
 * and holds all of it.
 */
export function printToKeep(message: SipMessage): Buffer {
  const bytes = printMessage(message);
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** Start line, header lines and the empty line. */
export function printHead(message: SipMessage): string {
  let text = startLine(message) + "\r\n";
  for (const field of message.headers.fields) text += `${field.name}: ${field.value}\r\n`;
  return text + "\r\n";
}

export function startLine(message: SipMessage): string {
  return message.kind === "request"
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;
}

function request(line: string, headers: Headers, body: Buffer): SipRequest {
  // RFC 3261 7.1: one space between the elements, and no other white space.
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = line.slice(0, Math.max(first, 0));
  const uri = line.slice(first + 1, last);
  const ok = isToken(method) && last > first && uri !== "" && !/[\s<>]/.test(uri);
  if (!ok || !/^sip\/2\.0$/i.test(line.slice(last + 1))) {
    throw new SipSyntaxError("start-line", "the request line is not METHOD URI SIP/2.0");
  }
  return { kind: "request", method, uri, headers, body };
}

function response(line: string, headers: Headers, body: Buffer): SipResponse {
  const match = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/s.exec(line);
  if (!match) throw new SipSyntaxError("start-line", "the status line is not SIP/2.0 CODE REASON");
  return { kind: "response", status: Number(match[1]), reason: match[2] ?? "", headers, body };
}

function parseFields(text: string, from: number): HeaderField[] {
  const fields: HeaderField[] = [];
  let at = from;
  while (at < text.length) {
    const end = endOfField(text, at);
    fields.push(parseField(text.slice(at, end)));
    if (fields.length > maxHeaderLines) throw new SipSyntaxError("too-large", "there are too many header lines");
    at = end + 2;
  }
  return fields;
}

/** RFC 3261 7.3.1: a line that begins with white space continues the one before. */
function endOfField(text: string, from: number): number {
  let end = text.indexOf("\r\n", from);
  while (end >= 0 && (text[end + 2] === " " || text[end + 2] === "\t")) end = text.indexOf("\r\n", end + 2);
  return end < 0 ? text.length : end;
}

function parseField(line: string): HeaderField {
  const colon = line.indexOf(":");
  const spelling = line.slice(0, Math.max(colon, 0)).trimEnd();
  if (!isToken(spelling)) throw new SipSyntaxError("header", "a header line has no proper name");
  const folded = line.slice(colon + 1);
  const value = (folded.includes("\r\n") ? folded.replace(/[ \t]*\r\n[ \t]+/g, " ") : folded).trim();
  // A bare CR, LF or NUL would begin a header of its own in the next hop's eyes. RFC 3261 25.1: a quoted pair may be NUL.
  if (/[\r\n]|(?<!\\)\0/.test(value)) throw new SipSyntaxError("header", "a header value holds a control character");
  const { key, name } = headerName(spelling);
  return { key, name, value };
}
