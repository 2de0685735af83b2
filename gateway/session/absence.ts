import type { Clock, Timer } from "../base/clock.ts";
import { lostGraceMs } from "../presence/attendance.ts";
import type { Departure } from "./socket.ts";

export interface AbsenceSettings {
  /** How long a session is kept: milliseconds. */
  readonly grace: number;
}

/** What is done while a page stays away. */
export interface AbsenceEnds {
  /** Calls that nobody answered yet wait no longer. */
  calls(): void;
  /** All is released. */
  all(): void;
}

/**
 * How long a call waits that is being dialled, or that rings at a page without connection: milliseconds. People wait for
 * a telephone that rings no longer than that. Calls that were answered stay: sound passes the relay, whether or not the
 * page's connection is up. When no sound passes either, the relay notices and ends them (`media.timeout`).
 */
const unansweredMs = 20_000;

/** A page without connection: who waits for it, and for how long. A page that was left is seen to be so at once. */
export class Absence {
  readonly how: Departure;
  readonly #timers: Timer[] = [];
  #seen: boolean;

  constructor(how: Departure, clock: Clock, { grace }: AbsenceSettings, ends: AbsenceEnds) {
    this.how = how;
    this.#seen = how === "left";
    const after = (ms: number, act: () => void): void => void (ms < grace && this.#timers.push(clock.after(ms, act)));
    this.#timers.push(clock.after(grace, ends.all));
    if (how === "left") return;
    after(unansweredMs, ends.calls);
    after(lostGraceMs, () => void (this.#seen = true));
  }

  /** Whether contacts see that the page is away. */
  get seen(): boolean {
    return this.#seen;
  }

  /** The page is back, or is waited for no longer. */
  end(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}
