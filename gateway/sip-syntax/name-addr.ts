import { nextOutside, type Params, parseParams, printParams, quote, SipSyntaxError, unquote } from "./grammar.ts";

/** `"Bob" <sip:bob@biloxi.com>;tag=a48s` (RFC 3261 20.10): From, To, Contact, Route and others. */
export interface NameAddr {
  /** Display name without quotes. */
  readonly name?: string;
  /** The URI as text; see `parseUri`. */
  readonly uri: string;
  /** Header parameters, such as `tag`. */
  readonly params: Params;
}

/**
 * Parses name-addr or addr-spec. Without angle brackets parameters belong to the header (RFC 3261 20).
 * @throws SipSyntaxError `name-addr`
 */
export function parseNameAddr(text: string): NameAddr {
  const open = openBracket(text);
  if (open < 0) return parseAddrSpec(text);
  const close = text.indexOf(">", open);
  const uri = text.slice(open + 1, close).trim();
  if (close < 0 || uri === "") throw new SipSyntaxError("name-addr", "the angle brackets hold no URI");
  const name = unquote(text.slice(0, open).trim());
  return { ...(name !== "" && { name }), uri, params: paramsAfter(text, close + 1) };
}

export function printNameAddr(value: NameAddr): string {
  const name = value.name === undefined ? "" : `${quote(value.name)} `;
  return `${name}<${value.uri}>${printParams(value.params)}`;
}

/** The URI inside a From, To, Contact or Route value, as text. @throws SipSyntaxError */
export function uriOf(value: string): string {
  const open = openBracket(value);
  if (open < 0) return parseAddrSpec(value).uri;
  const close = value.indexOf(">", open);
  if (close < 0) throw new SipSyntaxError("name-addr", "an angle bracket is not closed");
  return value.slice(open + 1, close).trim();
}

/** The `tag` of a From or To value (RFC 3261 19.3), without parsing the rest. */
export function tagOf(value: string): string | undefined {
  if (!/tag/i.test(value)) return undefined;
  const open = openBracket(value);
  const from = open < 0 ? value.indexOf(";") : value.indexOf(">", open) + 1;
  if (from <= 0) return undefined;
  return /;\s*tag\s*=\s*([^;\s"]+)/i.exec(value.slice(from))?.[1];
}

/** The value with the tag set; a bare URI gets its brackets, so that URI parameters stay with the URI. */
export function withTag(value: string, tag: string): string {
  const base = openBracket(value) < 0 ? printNameAddr(parseNameAddr(value)) : value;
  return `${base};tag=${tag}`;
}

/** Refuses a From or To value that is neither name-addr nor addr-spec. @throws SipSyntaxError `name-addr` */
export function checkAddress(value: string): void {
  if (!plainAddress.test(value)) parseNameAddr(value);
}

/** Most values are this, and need no closer look: `name <uri>` without quotes. */
const plainAddress = /^[^"<>]*<[A-Za-z][^"<>\s]*>\s*(;[^"<>]*)?$/;

function openBracket(text: string): number {
  if (!text.includes('"')) return text.indexOf("<");
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (quoted && text[at] === "\\") at++;
    else if (text[at] === '"') quoted = !quoted;
    else if (!quoted && text[at] === "<") return at;
  }
  return -1;
}

function parseAddrSpec(text: string): NameAddr {
  const semicolon = nextOutside(text, ";", 0);
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(uri)) throw new SipSyntaxError("name-addr", "there is no URI");
  return { uri, params: parseParams(semicolon < 0 ? "" : text.slice(semicolon + 1)) };
}

function paramsAfter(text: string, from: number): Params {
  const rest = text.slice(from).trim();
  if (rest !== "" && !rest.startsWith(";")) throw new SipSyntaxError("name-addr", "unexpected text after the URI");
  return parseParams(rest.slice(1));
}
