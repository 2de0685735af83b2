import type { Clock } from "../base/clock.ts";

/** How often something may be done. */
export interface Pace {
  /** False when it was too much. What is `wanted` (default 1) counts as many times, at most as the burst. */
  take(wanted?: number): boolean;
  /** Milliseconds until what was refused last succeeds. */
  readonly retryAfterMs: number;
}

/** A token bucket: `perSecond` on average, `burst` at once. */
export class Rate implements Pace {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  #at: number;
  #refused = 1;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#at = clock.monotonic();
  }

  take(wanted = 1): boolean {
    const cost = Math.min(wanted, this.#burst);
    const now = this.#clock.monotonic();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#level < cost) return this.#refuse(cost);
    this.#level -= cost;
    return true;
  }

  get retryAfterMs(): number {
    return Math.ceil(((this.#refused - this.#level) / this.#perSecond) * 1000);
  }

  #refuse(cost: number): false {
    this.#refused = cost;
    return false;
  }
}
