/** A pending timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time: injected, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch (wall clock). */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Calls `fire` once after `ms` milliseconds. The timer keeps the process alive. */
  after(ms: number, fire: () => void): Timer;
  /** Calls `fire` each `ms` milliseconds until cancelled. Does not keep the process alive. */
  every(ms: number, fire: () => void): Timer;
}

/** Keeps nothing of what it would have done once it is over: who holds a timer may live long. */
class SystemTimer implements Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, fire: () => void) {
    this.#handle = setTimeout(() => {
      this.#handle = undefined;
      fire();
    }, ms);
  }

  cancel(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fire) => new SystemTimer(ms, fire),
  every(ms, fire) {
    const handle = setInterval(fire, ms);
    if (typeof handle === "object") handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

/** Resolves after `ms` milliseconds. For retries between operations, never to wait for a state. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/**
 * Calls `fire` once the sockets that are ready now have been read. What many small events cause can so be gathered:
 * a write costs more than most of what leads to it.
 */
export function afterReading(fire: () => void): void {
  setImmediate(fire);
}
