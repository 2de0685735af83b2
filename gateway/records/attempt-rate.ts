import type { Clock } from "../base/clock.ts";

/** Stories of refused attempts within a minute: of one address, and of all. */
const perAddress = 5;
const ofAll = 60;
const windowMs = 60_000;
const maxAddresses = 1_000;

/** Lets so many attempts have a story that a scanner fills no disk, and one phone drowns no other. */
export class AttemptRate {
  readonly #clock: Clock;
  #since = -Infinity;
  #all = 0;
  readonly #addresses = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(address: string): boolean {
    if (this.#clock.monotonic() - this.#since >= windowMs) this.#begin();
    const count = this.#addresses.get(address) ?? 0;
    if (count >= perAddress || this.#all >= ofAll) return false;
    if (count === 0 && this.#addresses.size >= maxAddresses) return false;
    this.#addresses.set(address, count + 1);
    this.#all += 1;
    return true;
  }

  #begin(): void {
    this.#since = this.#clock.monotonic();
    this.#all = 0;
    this.#addresses.clear();
  }
}
