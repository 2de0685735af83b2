import { isToken, parseParams, quote, splitOutside, SipSyntaxError } from "./grammar.ts";

/** One value of a Reason header (RFC 3326). */
export interface Reason {
  /** `SIP`, `Q.850` and others, as given. */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
}

/** Parses all values; those that cannot be read are left out, because Reason is information only (RFC 3326 2). */
export function parseReasons(lines: readonly string[]): Reason[] {
  return lines
    .flatMap((line) => splitOutside(line, ","))
    .map(readable)
    .filter((reason) => reason !== undefined);
}

export function printReason(reason: Reason): string {
  const cause = reason.cause === undefined ? "" : `;cause=${reason.cause}`;
  const text = reason.text === undefined ? "" : `;text=${quote(reason.text)}`;
  return reason.protocol + cause + text;
}

function readable(value: string): Reason | undefined {
  try {
    const reason = parseReason(value);
    return isToken(reason.protocol) ? reason : undefined;
  } catch (fault) {
    if (fault instanceof SipSyntaxError) return undefined;
    throw fault;
  }
}

function parseReason(value: string): Reason {
  const semicolon = value.indexOf(";");
  const params = parseParams(semicolon < 0 ? "" : value.slice(semicolon + 1));
  const cause = params.get("cause");
  const text = params.get("text");
  return {
    protocol: (semicolon < 0 ? value : value.slice(0, semicolon)).trim(),
    ...(typeof cause === "string" && /^\d{1,4}$/.test(cause) && { cause: Number(cause) }),
    ...(typeof text === "string" && { text }),
  };
}
