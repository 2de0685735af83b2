import type { Clock, Timer } from "../../gateway/base/clock.ts";

/** A clock that a test turns by hand: timers fire in order of their time, within `advance`. */
export class VirtualClock implements Clock {
  #now = 1_800_000_000_000;
  #timers = new Set<{ at: number; fire: () => void; every?: number }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, fire: () => void): Timer {
    return this.#add({ at: this.#now + ms, fire });
  }

  every(ms: number, fire: () => void): Timer {
    return this.#add({ at: this.#now + ms, fire, every: ms });
  }

  /** Turns the clock forward by `ms` milliseconds. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.every) next.at += next.every;
      else this.#timers.delete(next);
      next.fire();
    }
    this.#now = end;
  }

  /** How many timers are pending: a test ends by asserting 0. */
  get pending(): number {
    return this.#timers.size;
  }

  #add(timer: { at: number; fire: () => void; every?: number }): Timer {
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }
}
