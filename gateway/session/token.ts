import { readFileSync } from "node:fs";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import { CodedError, messageOf } from "../base/errors.ts";
import { isRecord, parseJson } from "../base/json.ts";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import { roleOf } from "../identity/role.ts";
import { defaultRights, type Rights } from "../switchboard/rights.ts";
import type { GuestPass } from "./guest-pass.ts";

/** Why a token was not accepted. `why` is for the log and never holds the token. */
export class TokenError extends CodedError<"token-expired" | "token-refused" | "origin-refused"> {}

/** Who signed in, and until when. */
export interface Identity {
  readonly user: UserId;
  readonly name?: string;
  readonly rights: Rights;
  /** Absent for a plain user. */
  readonly role?: "support" | "operator";
  /** Its pages may answer calls without asking anybody. */
  readonly autoAnswer?: true;
  /** Made by an application key: nothing is kept for it, and nobody can call it. */
  readonly guest?: true;
  /** What a guest's calls must keep to, besides `rights`. */
  readonly pass?: GuestPass;
  /** Milliseconds since the epoch; absent for a development sign-in. */
  readonly expiresAt?: number;
}

export interface TokenSettings {
  readonly secret?: string;
  /** URL or file. */
  readonly jwks?: string;
  readonly audience?: string;
  readonly issuer?: string;
  /** Longest life, in milliseconds. */
  readonly maxLife: number;
}

/** Fixed by the kind of key, never by the token: a public key must not be taken for an HMAC secret (RFC 8725 3.1). */
const symmetric = ["HS256", "HS384", "HS512"];
const asymmetric = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Reads and checks tokens (RFC 7519, RFC 8725). */
export class TokenVerifier {
  readonly #settings: TokenSettings;
  readonly #key: Uint8Array | JWTVerifyGetKey | undefined;
  readonly #hosts: (domain: string) => boolean;
  readonly #now: () => number;

  /** `hosts`: whether a domain is ours. `now`: milliseconds since the epoch. */
  constructor(settings: TokenSettings, hosts: (domain: string) => boolean, now: () => number) {
    this.#settings = settings;
    this.#hosts = hosts;
    this.#now = now;
    this.#key = keyOf(settings);
  }

  /** False when no key is configured: then there is the development sign-in instead. */
  get enabled(): boolean {
    return this.#key !== undefined;
  }

  /** Rejects with TokenError for what is wrong with the token, with other errors when we cannot tell. */
  async verify(token: string): Promise<Identity> {
    const key = this.#key;
    if (!key) throw new TokenError("token-refused", "no key is configured");
    const { audience, issuer } = this.#settings;
    try {
      const options = {
        algorithms: key instanceof Uint8Array ? symmetric : asymmetric,
        requiredClaims: ["sub", "exp"],
        currentDate: new Date(this.#now()),
        ...(audience !== undefined && { audience }),
        ...(issuer !== undefined && { issuer }),
      };
      const { payload } =
        key instanceof Uint8Array ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
      return this.#identity(payload);
    } catch (fault) {
      if (fault instanceof TokenError) throw fault;
      if (fault instanceof errors.JWTExpired) throw new TokenError("token-expired", "the token has expired");
      if (isOurs(fault)) throw fault;
      throw new TokenError("token-refused", messageOf(fault));
    }
  }

  #identity(payload: JWTPayload): Identity {
    const user = parseUserId(payload.sub ?? "");
    if (!user) throw new TokenError("token-refused", "sub is not name@domain");
    if (!this.#hosts(user.domain)) throw new TokenError("token-refused", "sub is in no domain of ours");
    const expiresAt = (payload.exp ?? 0) * 1000;
    if (expiresAt - this.#now() > this.#settings.maxLife)
      throw new TokenError("token-refused", "the token lives too long");
    const name = typeof payload.name === "string" ? cleanName(payload.name) : "";
    const role = roleOf(payload.roles);
    return {
      user,
      rights: rightsOf(payload.calls),
      expiresAt,
      ...(name !== "" && { name }),
      ...(role !== "user" && { role }),
    };
  }
}

/** The key set could not be had, or is none: no word about the token. */
function isOurs(fault: unknown): boolean {
  return !(fault instanceof errors.JOSEError) || keySetFaults.has(fault.code);
}

const keySetFaults = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"]);

/** A name as it may stand in headers and pages: one line of at most 128 characters. */
export function cleanName(name: string): string {
  return name
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .trim()
    .slice(0, 128);
}

function rightsOf(claim: unknown): Rights {
  if (claim === undefined) return defaultRights;
  const list = Array.isArray(claim) ? claim : [];
  return list.filter((item): item is string => typeof item === "string" && item.length <= 256).slice(0, 100);
}

function keyOf({ secret, jwks }: TokenSettings): Uint8Array | JWTVerifyGetKey | undefined {
  if (secret !== undefined) return new TextEncoder().encode(secret);
  if (jwks === undefined) return undefined;
  if (/^https?:/.test(jwks))
    return createRemoteJWKSet(new URL(jwks), { timeoutDuration: 3000, cooldownDuration: 10_000 });
  return createLocalJWKSet(parseJson(readFileSync(jwks, "utf8"), isKeySet));
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return isRecord(value) && Array.isArray(value.keys);
}
