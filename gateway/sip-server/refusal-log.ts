import type { Clock } from "../base/clock.ts";
import type { Emitter } from "../base/emitter.ts";
import type { Logger } from "../base/log.ts";
import type { Refusal, TransportEvents } from "./transport/flow.ts";

/** Milliseconds between two lines about the same: a flood must not become a flood of lines. */
const quietMs = 10_000;

interface Line {
  readonly at: number;
  more: number;
}

/** Says who is turned away: the first one of each kind at once, and then now and then with a count of the others. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #last = new Map<Refusal, Line>();

  constructor(events: Emitter<TransportEvents>, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    events.on("refused", (why, transport, from) => this.#refused(why, transport, from));
  }

  #refused(why: Refusal, transport: string, from: string): void {
    const now = this.#clock.monotonic();
    const last = this.#last.get(why);
    if (last && now - last.at < quietMs) return void last.more++;
    this.#last.set(why, { at: now, more: 0 });
    this.#log.warn("turned away", { why, transport, from, ...(last && { othersBefore: last.more }) });
  }
}
