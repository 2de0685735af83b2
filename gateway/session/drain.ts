import type { Clock, Timer } from "../base/clock.ts";
import { lostGraceMs } from "../presence/attendance.ts";
import type { Session } from "./session.ts";

export interface DrainParts {
  readonly clock: Clock;
  /** Sessions that are here now. */
  sessions(): readonly Session[];
  /** Calls that are not over, whoever is in them. */
  calls(): number;
  /** How long it waits for calls: milliseconds. */
  readonly timeout: number;
}

/** Every so often a few pages are sent away, so that other nodes are not asked for all of them at once. */
const turnMs = 100;
const perTurn = 50;

/**
 * This node goes, others stay: its pages are sent to them one after another, those in a call when that is over. A page
 * takes its session along while this node still lives, so that nothing is lost on the way. What has no page now is not
 * waited for, and neither are guests, whose sessions no other node takes.
 */
export class Drain {
  /** Resolves when nothing is left to wait for, or the time is over. */
  readonly done: Promise<void>;
  readonly #parts: DrainParts;
  readonly #timer: Timer;
  /** Pages that were sent away: until when each is waited for, by the clock that never jumps. */
  readonly #sent = new Map<string, number>();
  readonly #until: number;
  #finish: () => void = () => {};

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#until = parts.clock.monotonic() + parts.timeout;
    this.done = new Promise((resolve) => (this.#finish = resolve));
    this.#timer = parts.clock.every(turnMs, () => this.#turn());
    this.#turn();
  }

  /** Waits no longer. */
  close(): void {
    this.#timer.cancel();
    this.#finish();
  }

  #turn(): void {
    const { clock, sessions, calls } = this.#parts;
    const now = clock.monotonic();
    const free = sessions().filter(({ identity, calls: own }) => !identity.guest && own === 0);
    const connected = free.filter((session) => session.connected);
    for (const session of connected.slice(0, perTurn)) {
      session.sendAway();
      this.#sent.set(session.id, now + lostGraceMs);
    }
    const onTheirWay = free.some(({ id }) => (this.#sent.get(id) ?? 0) > now);
    const idle = calls() === 0 && connected.length === 0 && !onTheirWay;
    if (idle || now >= this.#until) this.close();
  }
}
