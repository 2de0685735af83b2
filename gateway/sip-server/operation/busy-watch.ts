import { performance } from "node:perf_hooks";
import type { Clock } from "../../base/clock.ts";

/**
 * For how long the event loop has had no pause. While it has pauses nothing waits for long; once there are none,
 * messages queue in the kernel, where neither their number nor their age can be seen.
 */
export class BusyWatch {
  readonly #clock: Clock;
  readonly #idle: () => number;
  #idleMs = 0;
  #pausedAt: number;
  #scraped = performance.eventLoopUtilization();

  /** `idle`: milliseconds that the loop has waited for something to do, ever. */
  constructor(clock: Clock, idle: () => number = () => performance.eventLoopUtilization().idle) {
    this.#clock = clock;
    this.#idle = idle;
    this.#pausedAt = clock.monotonic();
  }

  /** Milliseconds since the last pause that was seen. To be asked often: a pause is seen when it is asked. */
  busyMs(): number {
    const [idle, now] = [this.#idle(), this.#clock.monotonic()];
    if (idle > this.#idleMs) [this.#idleMs, this.#pausedAt] = [idle, now];
    return now - this.#pausedAt;
  }

  /** The share of time since the last call in which the loop had something to do. */
  utilization(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#scraped);
    this.#scraped = now;
    return utilization;
  }
}
