import { CodedError } from "../base/errors.ts";

/** Text that does not follow RFC 3261's grammar. `code` names the part that is wrong. */
export class SipSyntaxError extends CodedError<SipPart> {}

export type SipPart =
  | "start-line"
  | "header"
  | "uri"
  | "name-addr"
  | "via"
  | "cseq"
  | "rack"
  | "contact"
  | "credentials"
  | "reason"
  | "content-length"
  | "too-large";

/** Parameters by lower-case name; a parameter without a value is `true`. Quoted values are stored unquoted. */
export type Params = ReadonlyMap<string, string | true>;

export const noParams: Params = new Map();

/** RFC 3261 25.1 `token`. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9\-.!%*_+`'~]+$/.test(text);
}

/** RFC 3261 25.1 `quoted-string` of any text without control characters. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** The text inside a quoted string; text that is not quoted is returned as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes("\\") ? inner.replace(/\\(.)/gs, "$1") : inner;
}

/**
 * Splits at `separator` where it stands outside quoted strings and angle brackets (RFC 3261 7.3.1).
 * Pieces are trimmed; empty pieces are left out.
 */
export function splitOutside(text: string, separator: string): string[] {
  if (!text.includes(separator)) return text.trim() === "" ? [] : [text.trim()];
  const pieces: string[] = [];
  let start = 0;
  for (let at = nextOutside(text, separator, 0); at >= 0; at = nextOutside(text, separator, start)) {
    pieces.push(text.slice(start, at).trim());
    start = at + 1;
  }
  pieces.push(text.slice(start).trim());
  return pieces.filter((piece) => piece !== "");
}

/** Index of the next `wanted` outside quoted strings and angle brackets, from `from` on; -1 when there is none. */
export function nextOutside(text: string, wanted: string, from: number): number {
  let quoted = false;
  let bracket = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === wanted && !bracket) return at;
    else if (char === '"') quoted = true;
    else if (char === "<") bracket = true;
    else if (char === ">") bracket = false;
  }
  return -1;
}

/**
 * Parses `;name=value;name` (the text after the first semicolon, or with it).
 * @throws SipSyntaxError `header` when a name holds a quotation mark or an angle bracket, which no token may
 */
export function parseParams(text: string): Params {
  if (text === "") return noParams;
  const params = new Map<string, string | true>();
  for (const piece of splitOutside(text, ";")) {
    const equals = piece.indexOf("=");
    const name = (equals < 0 ? piece : piece.slice(0, equals).trim()).toLowerCase();
    if (/["<>]/.test(name)) throw new SipSyntaxError("header", "a parameter's name holds a quote or an angle bracket");
    params.set(name, equals < 0 ? true : unquote(piece.slice(equals + 1).trim()));
  }
  return params;
}

/** Prints parameters with their semicolons; a value that is neither token nor host is quoted. */
export function printParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) {
    text += value === true ? `;${name}` : `;${name}=${plain.test(value) ? value : quote(value)}`;
  }
  return text;
}

const plain = /^[A-Za-z0-9\-.!%*_+`'~[\]:]+$/;
