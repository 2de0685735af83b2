import { nextOutside, type Params, parseParams, printParams, SipSyntaxError } from "./grammar.ts";
import { parseHostPort } from "./uri.ts";

/** One Via value (RFC 3261 20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
}

/** RFC 3261 8.1.1.7: a branch that begins so is unique for its transaction. */
export const magicCookie = "z9hG4bK";

const form = /^SIP\s*\/\s*(\d+\.\d+)\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+([^;\s]+(?:\s*:\s*\d+)?)\s*(?:;(.*))?$/is;

/** Parses one Via value. @throws SipSyntaxError `via` */
export function parseVia(text: string): Via {
  return read(text, (version) => version === "2.0");
}

/** The same for whatever version of SIP, for telling a peer that we do not speak it. @throws SipSyntaxError `via` */
export function parseForeignVia(text: string): Via {
  return read(text, () => true);
}

function read(text: string, speaks: (version: string) => boolean): Via {
  const [, version = "", transport, place = "", params = ""] = form.exec(text) ?? [];
  const sentBy = parseHostPort(place.replace(/\s+/g, ""));
  if (transport === undefined || !sentBy || !speaks(version))
    throw new SipSyntaxError("via", "a Via value is malformed");
  return { transport: transport.toUpperCase(), ...sentBy, params: parseParams(params) };
}

export function printVia(via: Via): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${printParams(via.params)}`;
}

/** The first value of a Via line and what follows its comma. */
export function splitTopVia(line: string): { top: string; rest: string } {
  const comma = line.includes(",") ? nextOutside(line, ",", 0) : -1;
  return comma < 0 ? { top: line, rest: "" } : { top: line.slice(0, comma), rest: line.slice(comma + 1).trim() };
}

/** RFC 3261 25.1: between two separators of a Via line stands something. */
export function hasEmptyParts(line: string): boolean {
  return /[;,]\s*(?:[;,]|$)/.test(line.includes('"') ? line.replace(/"(?:[^"\\]|\\.)*"/g, "q") : line);
}

/** The `branch` parameter, or an empty string. */
export function branchOf(via: Via): string {
  const branch = via.params.get("branch");
  return typeof branch === "string" ? branch : "";
}
