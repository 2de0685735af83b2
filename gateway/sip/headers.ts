import { CodedError } from "../base/errors.ts";
import type { HeaderValues } from "./link.ts";

/** A header that must not be sent: a value with a line break, or a name that is no token. */
export class HeaderError extends CodedError<"bad-header"> {
  constructor(name: string) {
    super("bad-header", `header ${JSON.stringify(name.slice(0, 64))} holds a line break or is no token`);
  }
}

/** RFC 3261 7.3.1: the headers whose values must not be joined with commas. */
const separate = new Set(["www-authenticate", "authorization", "proxy-authenticate", "proxy-authorization"]);

/** Several values of one authentication header as the SIP server takes them: a line each. */
export function authenticationLines(name: string, values: readonly string[]): HeaderValues {
  const [first = "", ...rest] = values.map(singleLine);
  return { [name]: [first, ...rest.map((value) => `${name}: ${value}`)].join("\r\n") };
}

/** @throws HeaderError */
export function checkHeaders(headers: HeaderValues = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!%*_+`'~.-]+$/.test(name)) throw new HeaderError(name);
    const lines = separate.has(name.toLowerCase()) ? value.split(`\r\n${name}: `) : [value];
    if (lines.some((line) => /[\r\n\0]/.test(line))) throw new HeaderError(name);
  }
}

/** Text without what could start a new header line. */
export function singleLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
}
