import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { domain } from "./gateway.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** At least so many seconds from now, and less than one more (RFC 7519 2: NumericDate); negative is past. */
const inSeconds = (seconds: number): number => Math.ceil(Date.now() / 1000) + seconds;

/** What a token of alice says, good for ten minutes, with `changes`; undefined leaves a claim out. */
export function claims(changes: Claims = {}): Claims {
  const all = { sub: `alice@${domain}`, name: "Alice", exp: inSeconds(600), iat: inSeconds(-1), ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Whoever gives users their tokens: an HMAC secret, or a key pair whose public half the gateway has. */
export class TokenIssuer {
  readonly #key: Uint8Array | KeyObject;
  readonly #algorithm: string;

  constructor(key: string | KeyObject, algorithm: string) {
    this.#key = typeof key === "string" ? new TextEncoder().encode(key) : key;
    this.#algorithm = algorithm;
  }

  token(changes: Claims = {}): Promise<string> {
    return new SignJWT(claims(changes))
      .setProtectedHeader({ alg: this.#algorithm, typ: "JWT", kid: "k1" })
      .sign(this.#key);
  }

  /** Expires after so many seconds, or up to one more. */
  tokenFor(seconds: number, changes: Claims = {}): Promise<string> {
    return this.token({ exp: inSeconds(seconds), ...changes });
  }
}

/** A token that nobody signed (RFC 7519 6). */
export function unsigned(changes: Claims = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims(changes))}.`;
}

/** A key pair, and its public half as a JWK Set in a file (RFC 7517 5). */
export function keySet() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const dir = mkdtempSync(join(tmpdir(), "offhook-keys-"));
  const file = join(dir, "jwks.json");
  const set = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] };
  writeFileSync(file, JSON.stringify(set));
  return {
    file,
    set,
    issuer: new TokenIssuer(privateKey, "RS256"),
    publicPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
