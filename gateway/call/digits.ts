import type { Clock, Timer } from "../base/clock.ts";

/** RFC 4733 2.5: long enough for every receiver, with a pause in which the key is up. Milliseconds. */
const toneMs = 160;
const gapMs = 100;
const commaMs = 1000;

/** Sends digits one after another; `,` waits a second. Owned by a call, closed with it. */
export class DigitQueue {
  readonly #clock: Clock;
  readonly #send: (digit: string, durationMs: number) => void;
  #waiting: string[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock, send: (digit: string, durationMs: number) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  push(digits: string): void {
    this.#waiting.push(...digits);
    if (!this.#timer) this.#next();
  }

  close(): void {
    this.#waiting = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #next(): void {
    const digit = this.#waiting.shift();
    this.#timer = undefined;
    if (digit === undefined) return;
    if (digit !== ",") this.#send(digit, toneMs);
    this.#timer = this.#clock.after(digit === "," ? commaMs : toneMs + gapMs, () => this.#next());
  }
}
