import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { CallSummary } from "../protocol/call-story.ts";
import { dayOf, type KeptStory, type StoryFiles } from "./story-files.ts";
import type { Story } from "./story.ts";

export interface StoryStoreOptions {
  readonly files: StoryFiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keepDays: number;
  readonly maxBytes: number;
}

interface Waiting {
  readonly kept: KeptStory;
  readonly story: Story;
  readonly text: string;
}

/** Stories that end within it are written together, in milliseconds. */
const gatherMs = 200;
/** More than a disk that stands still may hold up. */
const maxWaiting = 2_000;
const lookMs = 600_000;
const dayMs = 86_400_000;
const quietMs = 60_000;

/**
 * Finished stories: a write-behind to files, so that no call waits for a disk. Old ones go by age, and by size when
 * they are too many.
 */
export class StoryStore {
  readonly #options: StoryStoreOptions;
  /** By reference, oldest first. */
  readonly #kept = new Map<string, KeptStory>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #timer: Timer;
  #gathering: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #bytes = 0;
  #lost = 0;
  #quietUntil = -Infinity;

  constructor(options: StoryStoreOptions) {
    this.#options = options;
    this.#timer = options.clock.every(lookMs, () => void this.#then(() => this.#forgetOld()));
  }

  /** Reads what earlier runs have left. */
  load(): Promise<void> {
    return this.#then(async () => {
      const { files } = this.#options;
      for (const day of await files.days()) for (const kept of await files.index(day)) this.#keep(kept);
      await this.#forgetOld();
    });
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Stories that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  has(reference: string): boolean {
    return this.#kept.has(reference);
  }

  add(summary: CallSummary, story: Story): void {
    const text = JSON.stringify(story);
    const kept = { ...summary, day: dayOf(summary.at), bytes: Buffer.byteLength(text) };
    this.#keep(kept);
    if (this.#waiting.size >= maxWaiting) return this.#lose([kept], "the disk does not keep up");
    this.#waiting.set(kept.reference, { kept, story, text });
    this.#gathering ??= this.#options.clock.after(gatherMs, () => this.#write());
  }

  async read(reference: string): Promise<Story | undefined> {
    return this.#waiting.get(reference)?.story ?? (await this.#options.files.read(reference));
  }

  /** Newest first. */
  *newest(): Generator<KeptStory> {
    const all = [...this.#kept.values()];
    for (let at = all.length - 1; at >= 0; at--) yield all[at] as KeptStory;
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#timer.cancel();
    if (this.#gathering) this.#write();
    await this.#work;
  }

  #keep(kept: KeptStory): void {
    this.#kept.set(kept.reference, kept);
    this.#bytes += kept.bytes;
  }

  #drop(kept: KeptStory): void {
    if (this.#kept.delete(kept.reference)) this.#bytes -= kept.bytes;
  }

  /** A full disk must not fill the log as well. */
  #lose(stories: readonly KeptStory[], why: string): void {
    const { clock, log } = this.#options;
    this.#lost += stories.length;
    for (const kept of stories) this.#drop(kept);
    if (clock.monotonic() < this.#quietUntil) return;
    this.#quietUntil = clock.monotonic() + quietMs;
    log.warn("call stories not written", { stories: this.#lost, why });
  }

  #write(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
    void this.#then(async () => {
      const waiting = [...this.#waiting.values()];
      for (const day of new Set(waiting.map(({ kept }) => kept.day)))
        await this.#writeDay(
          day,
          waiting.filter(({ kept }) => kept.day === day),
        );
      if (this.#bytes > this.#options.maxBytes) await this.#forgetOld();
    });
  }

  async #writeDay(day: string, stories: readonly Waiting[]): Promise<void> {
    try {
      await this.#options.files.write(day, stories);
    } catch (fault) {
      this.#lose(
        stories.map(({ kept }) => kept),
        messageOf(fault),
      );
    }
    for (const { kept } of stories) this.#waiting.delete(kept.reference);
  }

  async #forgetOld(): Promise<void> {
    const { files, clock, keepDays, maxBytes } = this.#options;
    const oldest = dayOf(clock.now() - keepDays * dayMs);
    for (const day of await files.days()) if (day < oldest) await files.removeDay(day);
    for (const kept of [...this.#kept.values()]) {
      if (kept.day >= oldest && this.#bytes <= maxBytes) break;
      this.#drop(kept);
      if (kept.day >= oldest) await files.remove(kept);
    }
  }

  /** One piece of work at a time; a failed one is told and does not stop the next. */
  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((fault: unknown) => {
      this.#options.log.warn("call stories", { fault: messageOf(fault) });
    });
    return this.#work;
  }
}
