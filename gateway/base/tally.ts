import type { Clock } from "./clock.ts";

export interface TallyOptions {
  /** How long something counts: milliseconds. */
  readonly window: number;
  /** Keys remembered; the oldest are forgotten. */
  readonly maxKeys: number;
}

/** How often something happened lately, by key. */
export class Tally {
  readonly #clock: Clock;
  readonly #options: TallyOptions;
  readonly #times = new Map<string, number[]>();

  constructor(clock: Clock, options: TallyOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Counts one more. Of a key at most `limit` are remembered, the youngest. */
  add(key: string, limit: number): void {
    const times = [...this.#recent(key), this.#clock.now()];
    this.#times.delete(key);
    this.#times.set(key, times.slice(-limit));
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= this.#options.maxKeys) break;
      this.#times.delete(oldest);
    }
  }

  /** Takes the last one back. */
  undo(key: string): void {
    const times = this.#recent(key).slice(0, -1);
    if (times.length === 0) this.#times.delete(key);
    else this.#times.set(key, times);
  }

  forget(key: string): void {
    this.#times.delete(key);
  }

  count(key: string): number {
    return this.#recent(key).length;
  }

  /** Milliseconds until fewer than `limit` count; 0 when it is so now. */
  waitMs(key: string, limit: number): number {
    const first = this.#recent(key).at(-limit);
    return first === undefined ? 0 : first + this.#options.window - this.#clock.now();
  }

  #recent(key: string): readonly number[] {
    const since = this.#clock.now() - this.#options.window;
    return (this.#times.get(key) ?? []).filter((at) => at > since);
  }
}
