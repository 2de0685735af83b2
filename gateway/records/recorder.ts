import type { Clock, Timer } from "../base/clock.ts";
import type { CallJournal, JournalEnd, JournalEntry, JournalLeg } from "../call/journal.ts";
import type { Moment } from "../call/wire.ts";
import { BoundedEntries } from "./bounded-entries.ts";
import type { AttemptEnd, Story } from "./story.ts";

export interface RecorderParts {
  readonly reference: string;
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly clock: Clock;
  /** How long after its end a call's last messages are waited for, in milliseconds. */
  readonly lingerMs: number;
  /** The story is whole. */
  finished(recorder: Recorder): void;
}

/** The journal of one call while it lasts, and for a short while after. */
export class Recorder implements CallJournal {
  readonly reference: string;
  readonly #parts: RecorderParts;
  readonly #startedAt: number;
  readonly #began: number;
  readonly #legs: JournalLeg[] = [];
  readonly #entries = new BoundedEntries();
  #timer: Timer | undefined;
  #end: JournalEnd | undefined;
  #attempt: AttemptEnd | undefined;
  #endedAt: number | undefined;
  #finished = false;

  constructor(parts: RecorderParts, moment: Moment) {
    this.reference = parts.reference;
    this.#parts = parts;
    this.#startedAt = moment.at;
    this.#began = moment.monotonic;
  }

  /** Entries that were lost because there were too many. */
  get dropped(): number {
    return this.#entries.dropped;
  }

  leg(number: number, leg: JournalLeg): void {
    this.#legs[number] = leg;
  }

  note(entry: JournalEntry, { at, monotonic }: Moment): void {
    if (this.#finished) return;
    this.#entries.add({ ...entry, at, ms: tenths(monotonic - this.#began) });
  }

  ended(end: JournalEnd): void {
    this.#end = end;
    this.#over(this.#parts.lingerMs);
  }

  /** It never became a call. */
  refused(attempt: AttemptEnd): void {
    this.#attempt = attempt;
    this.#over(0);
  }

  /** What is known so far. */
  story(): Story {
    const { reference, node, from, to } = this.#parts;
    const { gap, entries } = this.#entries;
    // A leg has heard the caller before there was a call.
    const early = Math.min(0, entries[0]?.ms ?? 0);
    return {
      version: 1,
      reference,
      startedAt: this.#startedAt + early,
      node,
      from,
      to,
      legs: this.#legs,
      entries: early === 0 ? entries : entries.map((entry) => ({ ...entry, ms: tenths(entry.ms - early) })),
      ...(gap && { gap }),
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      ...(this.#end && { end: this.#end }),
      ...(this.#attempt && { attempt: this.#attempt }),
    };
  }

  /** No more is waited for. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#timer?.cancel();
    this.#parts.finished(this);
  }

  #over(lingerMs: number): void {
    this.#endedAt = this.#parts.clock.now();
    if (lingerMs === 0) this.finish();
    else this.#timer = this.#parts.clock.after(lingerMs, () => this.finish());
  }
}

/** Milliseconds to a tenth. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;
