import type { Clock, Timer } from "../base/clock.ts";

const warningMs = 60_000;

export interface TokenEnds {
  /** It expires soon: in milliseconds. */
  expiring(inMs: number): void;
  expired(): void;
}

/** How long the token of a session is good. */
export class TokenLife {
  readonly #clock: Clock;
  readonly #ends: TokenEnds;
  #timer: Timer | undefined;
  #expired = false;

  constructor(clock: Clock, ends: TokenEnds) {
    this.#clock = clock;
    this.#ends = ends;
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** A token is good until then, in milliseconds since the epoch, or for ever. */
  begin(expiresAt: number | undefined): void {
    this.#expired = false;
    this.end();
    if (expiresAt === undefined) return;
    const left = expiresAt - this.#clock.now();
    this.#timer = this.#clock.after(Math.max(0, left - warningMs), () => {
      const rest = Math.min(left, warningMs);
      this.#ends.expiring(rest);
      this.#timer = this.#clock.after(rest, () => {
        this.#expired = true;
        this.#ends.expired();
      });
    });
  }

  /** Nobody asks any more. */
  end(): void {
    this.#timer?.cancel();
  }
}
