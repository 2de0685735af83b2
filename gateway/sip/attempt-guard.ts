import type { Clock } from "../base/clock.ts";
import { pause } from "../base/clock.ts";
import { Tally } from "../base/tally.ts";

export interface AttemptGuardOptions {
  /** Wrong tries that an address has free within the window. */
  readonly free: number;
  /** Milliseconds. */
  readonly window: number;
  /** How long the answer to each further wrong try is held back, in milliseconds. */
  readonly delay: number;
  /** Addresses remembered; the oldest are forgotten. */
  readonly maxAddresses: number;
}

const defaults: AttemptGuardOptions = { free: 5, window: 60_000, delay: 2000, maxAddresses: 10_000 };

/** Slows whoever guesses passwords, by source address; a right password is never slowed. */
export class AttemptGuard {
  readonly #clock: Clock;
  readonly #options: AttemptGuardOptions;
  readonly #wrong: Tally;

  constructor(clock: Clock, options: AttemptGuardOptions = defaults) {
    this.#clock = clock;
    this.#options = options;
    this.#wrong = new Tally(clock, { window: options.window, maxKeys: options.maxAddresses });
  }

  /** Notes a wrong try; resolves when it may be answered. */
  async wrong(address: string): Promise<void> {
    const { free, delay } = this.#options;
    this.#wrong.add(address, free + 1);
    if (this.#wrong.count(address) > free) await pause(this.#clock, delay);
  }
}
