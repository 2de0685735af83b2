import type { Clock, Timer } from "../base/clock.ts";
import type { PresenceStatus } from "../protocol/values.ts";
import { limits } from "../protocol/version.ts";
import type { Page } from "./page.ts";

/** How long somebody whose connection was lost is still seen, in milliseconds: it may come back. */
export const lostGraceMs = 10_000;
/** The same for one whose page was left: it may be loading again. In a call it is longer. */
export const leftGraceMs = 3_000;

/** What a page wants of presence from the start. */
export interface Wishes {
  /** Default: the default group, for each of the two. */
  readonly groups?: readonly string[];
  readonly watch?: readonly string[];
  readonly status?: PresenceStatus;
  readonly note?: string;
  readonly userData?: unknown;
}

/** What an attendance asks of its domain. */
export interface AttendanceSurroundings {
  readonly clock: Clock;
  /** Counts up, over all sessions. */
  nextTurn(): number;
  /** The user may look different now. */
  touched(): void;
  /** What its page wants of presence has changed. */
  wished(): void;
  watch(group: string): void;
  unwatch(group: string): void;
  /** `to`: others go on seeing the page, where it goes on: at that node, or at one that is not known yet. */
  closed(to: Elsewhere | undefined): void;
}

/** Where a session goes on that leaves this node. */
export interface Elsewhere {
  readonly node?: string;
}

/** One session's part in presence, from sign-in to its end. */
export class Attendance {
  readonly #page: Page;
  readonly #around: AttendanceSurroundings;
  #grace: Timer | undefined;
  #closed = false;

  constructor(page: Page, around: AttendanceSurroundings) {
    this.#page = page;
    this.#around = around;
  }

  /** Those who watch the group see the user from now on. False when the session is in as many as it may. */
  join(group: string): boolean {
    return this.#add(this.#page.joined, group, () => this.#around.touched());
  }

  leave(group: string): void {
    if (!this.#page.joined.delete(group)) return;
    this.#around.touched();
    this.#around.wished();
  }

  /** Tells a snapshot of the group, and differences from then on. False when the session watches as many as it may. */
  watch(group: string): boolean {
    return this.#add(this.#page.watched, group, () => this.#around.watch(group));
  }

  unwatch(group: string): void {
    if (!this.#page.watched.delete(group)) return;
    this.#around.unwatch(group);
    this.#around.wished();
  }

  setStatus(status: PresenceStatus, note?: string): void {
    this.#page.said = { status, turn: this.#around.nextTurn(), ...(note !== undefined && { note }) };
    this.#around.touched();
    this.#around.wished();
  }

  /** Undefined takes it back. */
  setUserData(value: unknown): void {
    this.#page.data = value === undefined ? undefined : { value, turn: this.#around.nextTurn() };
    this.#around.touched();
    this.#around.wished();
  }

  /** What was told may have been lost: snapshots of all watched groups follow. */
  resync(): void {
    for (const group of this.#page.watched) this.#around.watch(group);
  }

  /** The page has no connection any more; the session stays. Others see it after so many milliseconds. */
  lost(graceMs: number): void {
    if (this.#closed) return;
    this.#grace?.cancel();
    this.#grace = this.#around.clock.after(graceMs, () => this.#be(false));
  }

  /** The same when the page was left: it counts only while the user has no other. */
  left(graceMs: number): void {
    if (this.#closed) return;
    this.lost(graceMs);
    this.#page.leaving = true;
    this.#around.touched();
  }

  /** The connection is back. */
  returned(): void {
    this.#grace?.cancel();
    if (this.#page.leaving) this.#around.touched();
    this.#page.leaving = false;
    this.#be(true);
  }

  /** What a session that goes on elsewhere asks for there. */
  get wishes(): Wishes {
    const { joined, watched, said, data } = this.#page;
    return {
      groups: [...joined],
      watch: [...watched],
      ...(said && { status: said.status }),
      ...(said?.note !== undefined && { note: said.note }),
      ...(data && { userData: data.value }),
    };
  }

  /** The session is over, or goes on elsewhere. */
  close(to?: Elsewhere): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#grace?.cancel();
    for (const group of this.#page.watched) this.#around.unwatch(group);
    this.#around.closed(to);
  }

  #be(here: boolean): void {
    if (this.#page.here === here) return;
    this.#page.here = here;
    this.#around.touched();
  }

  #add(groups: Set<string>, group: string, added: () => void): boolean {
    if (groups.has(group)) return true;
    if (groups.size >= limits.groups) return false;
    groups.add(group);
    added();
    this.#around.wished();
    return true;
  }
}
