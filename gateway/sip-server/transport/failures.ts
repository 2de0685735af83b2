import type { Clock } from "../../base/clock.ts";
import type { Hop } from "./flow.ts";

/** Destinations come from outside: no more of them are remembered. */
const maxKept = 1_000;

/** Destinations that failed lately: as long as there are others these are tried last (RFC 3261 21.5.4, RFC 3263 4.3). */
export class Failures {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(hop: Hop, ms: number): void {
    const key = keyOf(hop);
    this.#until.delete(key);
    const [oldest] = this.#until.keys();
    if (this.#until.size >= maxKept && oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(key, this.#clock.monotonic() + ms);
  }

  has(hop: Hop): boolean {
    const until = this.#until.get(keyOf(hop));
    return until !== undefined && until > this.#clock.monotonic();
  }

  /** Those that did not fail in their order, and then the others. */
  sort(hops: readonly Hop[]): readonly Hop[] {
    return [...hops.filter((hop) => !this.has(hop)), ...hops.filter((hop) => this.has(hop))];
  }
}

function keyOf({ protocol, host, port }: Hop): string {
  return `${protocol} ${host} ${port}`;
}
