import { isToken, quote, splitOutside, SipSyntaxError, unquote } from "./grammar.ts";

/** A challenge or a set of credentials: scheme and parameters (RFC 3261 20.7, 20.44; RFC 7616). */
export interface AuthValue {
  /** `Digest`, as given. */
  readonly scheme: string;
  /** By lower-case name, unquoted. */
  readonly params: ReadonlyMap<string, string>;
}

/** Parameters that are printed without quotes: RFC 3261 25.1, RFC 7616 3.4 (in credentials, qop is a token). */
const unquotedInChallenge = new Set(["algorithm", "stale", "charset", "userhash"]);
const unquotedInCredentials = new Set([...unquotedInChallenge, "qop", "nc"]);

/** Parses the value of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization. @throws SipSyntaxError */
export function parseAuthValue(text: string): AuthValue {
  const space = text.search(/\s/);
  const scheme = space < 0 ? text : text.slice(0, space);
  if (!isToken(scheme)) throw new SipSyntaxError("credentials", "the authentication scheme is missing");
  const params = new Map<string, string>();
  for (const piece of splitOutside(space < 0 ? "" : text.slice(space), ",")) {
    const equals = piece.indexOf("=");
    const name = piece.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (!isToken(name)) throw new SipSyntaxError("credentials", "an authentication parameter has no name");
    // The first counts: a second value of one name is how filters are fooled.
    if (!params.has(name)) params.set(name, unquote(piece.slice(equals + 1).trim()));
  }
  return { scheme, params };
}

/**
 * Takes apart a value that holds several challenges joined by commas, which RFC 3261 7.3.1 forbids but libraries do:
 * a piece that begins with `scheme name=` begins the next one.
 */
export function splitAuthValues(text: string): string[] {
  const values: string[] = [];
  for (const piece of splitOutside(text, ",")) {
    const last = values.length - 1;
    if (last < 0 || /^[A-Za-z0-9\-._]+\s+[A-Za-z0-9\-._]+\s*=/.test(piece)) values.push(piece);
    else values[last] += `, ${piece}`;
  }
  return values;
}

export function printChallenge(value: AuthValue): string {
  return print(value, unquotedInChallenge);
}

export function printCredentials(value: AuthValue): string {
  return print(value, unquotedInCredentials);
}

function print(value: AuthValue, unquoted: ReadonlySet<string>): string {
  const bare = (name: string, text: string): boolean => unquoted.has(name) && isToken(text);
  const params = [...value.params].map(([name, text]) => `${name}=${bare(name, text) ? text : quote(text)}`);
  return `${value.scheme} ${params.join(", ")}`;
}
