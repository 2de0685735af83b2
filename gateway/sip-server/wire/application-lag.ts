import type { Clock } from "../../base/clock.ts";

const samples = 40;
const freshMs = 1_000;
const maxOpen = 2_000;

/**
 * How far applications lag behind. The protocol acknowledges no frame, but some need no thought: the ACK for a 2xx and
 * the answer to a BYE come as soon as the application has read what lies before them. Even the quickest of the last few
 * took that long; a single slow one does not count, nor do a few.
 */
export class ApplicationLag {
  readonly #clock: Clock;
  readonly #open = new Map<string, number>();
  readonly #last: { readonly at: number; readonly ms: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An application is told something that it answers without thinking. */
  asked(key: string): void {
    this.#open.set(key, this.#clock.monotonic());
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size > maxOpen) this.#open.delete(oldest);
  }

  /** It answered; nothing when it was not asked. */
  answered(key: string): void {
    const asked = this.#open.get(key);
    if (asked === undefined) return;
    this.#open.delete(key);
    const at = this.#clock.monotonic();
    this.#last.push({ at, ms: at - asked });
    if (this.#last.length > samples) this.#last.shift();
  }

  /** Milliseconds; 0 when too little is known. */
  get ms(): number {
    const [oldest] = this.#last;
    const known = oldest && this.#last.length === samples && this.#clock.monotonic() - oldest.at < freshMs;
    return known ? Math.min(...this.#last.map(({ ms }) => ms)) : 0;
  }
}
