import type { Clock, Timer } from "../base/clock.ts";
import { leftGraceMs, lostGraceMs } from "../presence/attendance.ts";
import type { Departure } from "./socket.ts";

export interface AbsenceSettings {
  /** How long a session is kept: milliseconds. */
  readonly grace: number;
  /** How long calls of a page that was left wait for it: milliseconds. */
  readonly reloadGrace: number;
}

/** What is done while a page stays away. */
export interface AbsenceEnds {
  /** Calls that nobody answered yet wait no longer. */
  unanswered(): void;
  /** No call waits any longer. */
  calls(): void;
  /** All is released. */
  all(): void;
}

/**
 * How long a call waits that is being dialled, or that rings at a page whose connection was lost: milliseconds. People
 * wait for a telephone that rings no longer than that; a page that was left rings for as long as it is seen. Calls that were answered stay: sound passes the relay, whether or not the
 * page's connection is up. When no sound passes either, the relay notices and ends them (`media.timeout`).
 */
const unansweredMs = 20_000;

/**
 * A page without connection: who waits for it, and for how long. A page that was left may be loading again, which takes
 * a moment; when it was in a call, its peer connections have gone with it, and the call waits for new ones.
 */
export class Absence {
  readonly how: Departure;
  /** For so long contacts do not see that the page is away: milliseconds. */
  readonly unseenMs: number;
  readonly #timers: Timer[] = [];
  #seen = false;

  /** `calls`: how many the page is in that were answered. */
  constructor(how: Departure, calls: number, clock: Clock, settings: AbsenceSettings, ends: AbsenceEnds) {
    const { grace, reloadGrace } = settings;
    const unseenMs = { lost: lostGraceMs, left: calls > 0 ? Math.max(reloadGrace, leftGraceMs) : leftGraceMs };
    this.how = how;
    this.unseenMs = unseenMs[how];
    const after = (ms: number, act: () => void): void => void (ms < grace && this.#timers.push(clock.after(ms, act)));
    this.#timers.push(clock.after(grace, ends.all));
    after(how === "left" ? this.unseenMs : unansweredMs, ends.unanswered);
    if (how === "left") after(reloadGrace, ends.calls);
    after(this.unseenMs, () => void (this.#seen = true));
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
