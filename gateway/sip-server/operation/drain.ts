import type { Clock, Timer } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Admission } from "./admission.ts";

const lookMs = 100;

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds after which the server ends, calls or not. */
  readonly ms: number;
  dialogs(): number;
  /** Somebody waits for an answer. */
  waiting(): boolean;
}

/** Lets the server run empty: nothing new is taken, and when the last call has gone it is `done`. */
export class Drain {
  /** Called once nothing is left, or after `ms`. */
  done: () => void = () => {};
  readonly #admission: Admission;
  readonly #parts: Parts;
  #timer: Timer | undefined;

  constructor(admission: Admission, parts: Parts) {
    this.#admission = admission;
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#admission.draining;
  }

  begin(): void {
    if (this.active) return;
    const { clock, log, ms, dialogs } = this.#parts;
    this.#admission.draining = true;
    log.info("draining", { dialogs: dialogs() });
    const until = clock.monotonic() + ms;
    this.#timer = clock.every(Math.min(lookMs, ms), () => this.#look(until));
  }

  /** Takes new requests again. */
  cancel(): void {
    if (!this.active) return;
    this.close();
    this.#admission.draining = false;
    this.#parts.log.info("draining no more");
  }

  close(): void {
    this.#timer?.cancel();
  }

  #look(until: number): void {
    const { clock, log, dialogs, waiting } = this.#parts;
    const late = clock.monotonic() >= until;
    if (!late && (dialogs() > 0 || waiting())) return;
    this.close();
    log.info("drained", { dialogs: dialogs() });
    this.done();
  }
}
