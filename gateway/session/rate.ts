import type { Clock } from "../base/clock.ts";

/** A token bucket: `perSecond` on average, `burst` at once. */
export class Rate {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  #at: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#at = clock.monotonic();
  }

  /** False when it was too much. */
  take(): boolean {
    const now = this.#clock.monotonic();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  /** Milliseconds until `take` succeeds again. */
  get retryAfterMs(): number {
    return Math.ceil(((1 - this.#level) / this.#perSecond) * 1000);
  }
}
