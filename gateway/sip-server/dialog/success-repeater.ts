import type { Clock, Timer } from "../../base/clock.ts";
import type { Timers } from "../transaction/timers.ts";

/** RFC 3261 13.3.1.4: the core repeats its 2xx at T1, 2·T1, … T2 until the ACK, on every transport, for 64·T1. */
export class SuccessRepeater {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #send: () => void;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;
  #running = false;

  constructor(clock: Clock, timers: Timers, send: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#send = send;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Sends for the first time; `missingAck` is called when it was in vain. */
  start(missingAck: () => void): void {
    this.#running = true;
    this.#send();
    this.#limit = this.#clock.after(64 * this.#timers.T1, () => {
      this.stop();
      missingAck();
    });
    this.#repeatAfter(this.#timers.T1);
  }

  stop(): void {
    this.#running = false;
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }

  #repeatAfter(ms: number): void {
    this.#repeat = this.#clock.after(ms, () => {
      this.#send();
      this.#repeatAfter(Math.min(2 * ms, this.#timers.T2));
    });
  }
}
