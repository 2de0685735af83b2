import { hkdfSync } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import type { Clock } from "../base/clock.ts";
import { ownIssuer } from "./own-tokens.ts";

/** What must be the same when the browser comes back from its provider. */
export interface OidcTicket {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 4.1. */
  readonly verifier: string;
}

const audience = "urn:offhook:oidc";

/** Tickets as a browser keeps them in a cookie: sealed, so that we remember nothing of who never comes back. */
export class OidcTickets {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  /** Milliseconds. */
  readonly life = 600_000;

  constructor(secret: string, clock: Clock) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "offhook oidc ticket", 32));
    this.#clock = clock;
  }

  seal(ticket: OidcTicket): Promise<string> {
    const until = Math.ceil((this.#clock.now() + this.life) / 1000);
    return new EncryptJWT({ ...ticket })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setIssuer(ownIssuer)
      .setAudience(audience)
      .setExpirationTime(until)
      .encrypt(this.#key);
  }

  /** Undefined when we did not seal it, or too long ago. */
  async unseal(text: string): Promise<OidcTicket | undefined> {
    const currentDate = new Date(this.#clock.now());
    try {
      const options = { issuer: ownIssuer, audience, currentDate, requiredClaims: ["exp"] };
      const { payload } = await jwtDecrypt<OidcTicket>(text, this.#key, options);
      const { provider, state, nonce, verifier } = payload;
      return { provider, state, nonce, verifier };
    } catch {
      return undefined;
    }
  }
}
