import type { Clock, Timer } from "../base/clock.ts";

/** A clock that knows how many timers are pending: a leak shows as a number that does not come back. */
export class CountedClock implements Clock {
  readonly #inner: Clock;
  readonly #done = (): void => void this.#pending--;
  #pending = 0;

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#inner.now();
  }

  monotonic(): number {
    return this.#inner.monotonic();
  }

  after(ms: number, fire: () => void): Timer {
    this.#pending++;
    return new CountedTimer(this.#inner, ms, fire, this.#done);
  }

  every(ms: number, fire: () => void): Timer {
    return this.#inner.every(ms, fire);
  }
}

class CountedTimer implements Timer {
  readonly #done: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, ms: number, fire: () => void, done: () => void) {
    this.#done = done;
    this.#timer = clock.after(ms, () => {
      this.#timer = undefined;
      done();
      fire();
    });
  }

  cancel(): void {
    if (!this.#timer) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#done();
  }
}
