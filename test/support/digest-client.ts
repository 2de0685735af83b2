import { createHash } from "node:crypto";
import assert from "node:assert/strict";

/** A phone's side of digest, by RFC 7616 alone: shares no code with ours. */
export interface Signing {
  /** The line of the challenge that is answered. */
  readonly challenge: string;
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri?: string;
  readonly nc?: number;
  /** Null leaves it out, as phones of RFC 2069 do. */
  readonly qop?: string | null;
  readonly realm?: string;
  readonly nonce?: string;
}

export function param(challenge: string, name: string): string {
  const found = new RegExp(`\\b${name}="?([^",]*)"?`).exec(challenge)?.[1];
  assert.ok(found !== undefined, `no ${name} in ${challenge}`);
  return found;
}

/** The challenges of a response, a line each. */
export const challengesOf = (header: string | undefined): string[] =>
  (header ?? "").split(/\r\n(?:[\w-]+: )?/).filter(Boolean);

/** The value of an Authorization header. */
export function sign({ challenge, username, password, method, uri = "sip:a.example", ...more }: Signing): string {
  const algorithm = param(challenge, "algorithm");
  const hash = (text: string): string =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const { realm = param(challenge, "realm"), nonce = param(challenge, "nonce"), nc = 1, qop = "auth" } = more;
  const count = nc.toString(16).padStart(8, "0");
  const middle = qop === null ? nonce : `${nonce}:${count}:0a4f113b:${qop}`;
  const response = hash(`${hash(`${username}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
  const counted = qop === null ? "" : `, qop=${qop}, nc=${count}, cnonce="0a4f113b"`;
  return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}${counted}`;
}
