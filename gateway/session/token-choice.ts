import { decodeJwt } from "jose";
import type { Identity, TokenVerifier } from "./token.ts";

/**
 * Tokens that the gateway gave itself, and those of the application that runs it. Which key is right is read from the
 * token's issuer; each key still checks that issuer, so that naming the wrong one gains nothing.
 */
export class TokenChoice {
  readonly #issuer: string;
  readonly #own: TokenVerifier;
  readonly #others: TokenVerifier;

  constructor(issuer: string, own: TokenVerifier, others: TokenVerifier) {
    this.#issuer = issuer;
    this.#own = own;
    this.#others = others;
  }

  /** @throws TokenError as `TokenVerifier.verify` */
  verify(token: string): Promise<Identity> {
    return (issuerOf(token) === this.#issuer ? this.#own : this.#others).verify(token);
  }
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
