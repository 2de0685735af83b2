import { SignJWT } from "jose";
import type { Clock } from "../base/clock.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { Role } from "./role.ts";

/** What tells our own tokens from those of other issuers; each kind is taken for its purpose only (RFC 8725 3.8, 3.9). */
export const ownIssuer = "urn:offhook:gateway";
export const sessionAudience = "urn:offhook:session";

export interface TokenSubject {
  readonly user: UserId;
  readonly name?: string;
  /** Default `user`. */
  readonly role?: Role;
  /** What may be called, as patterns; default: what everybody may. */
  readonly calls?: readonly string[];
}

/** Makes the tokens with which a signed-in page opens its session. */
export class OwnTokens {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** Milliseconds. */
  readonly life: number;

  /** `secret`: 32 characters or more, ours alone. */
  constructor(secret: string, life: number, clock: Clock) {
    this.#key = new TextEncoder().encode(secret);
    this.#clock = clock;
    this.life = life;
  }

  /** `life`: milliseconds. */
  issue({ user, name, role = "user", calls }: TokenSubject, life = this.life): Promise<string> {
    const now = this.#clock.now();
    const claims = {
      ...(name !== undefined && { name }),
      ...(role !== "user" && { roles: [role] }),
      ...(calls && { calls }),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(ownIssuer)
      .setAudience(sessionAudience)
      .setSubject(printUserId(user))
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor((now + life) / 1000))
      .sign(this.#key);
  }
}
