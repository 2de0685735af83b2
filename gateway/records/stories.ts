import type { Clock } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { readableCode } from "../base/ids.ts";
import type { CallJournal } from "../call/journal.ts";
import { momentOf } from "../call/wire.ts";
import type { CallList, CallStory, CallSummary, Verdict } from "../protocol/call-story.ts";
import { AttemptRate } from "./attempt-rate.ts";
import { withMaskedNumbers } from "./mask.ts";
import { pcapOf } from "./pcap/pcap.ts";
import { Recorder } from "./recorder.ts";
import { sameCause } from "./same-cause.ts";
import type { StoryStore } from "./story-store.ts";
import type { AttemptEnd, Story } from "./story.ts";
import { summaryOf, viewOf } from "./view.ts";

export interface StoriesOptions {
  readonly store: StoryStore;
  readonly clock: Clock;
  /** Our name, for whoever reads the stories of several gateways. */
  readonly node: string;
  readonly keepDays: number;
  /** How long after its end a call's last messages are waited for, in milliseconds. */
  readonly lingerMs: number;
}

export interface StoriesEvents {
  /** A story is whole and kept. */
  kept: [code: Verdict["code"]];
}

/** Between whom something was. */
export interface Between {
  readonly from: string;
  readonly to: string;
}

/** All stories: those that are being written, and those that are kept. */
export class Stories extends Emitter<StoriesEvents> {
  readonly #options: StoriesOptions;
  readonly #open = new Map<string, Recorder>();
  readonly #rate: AttemptRate;
  #droppedEntries = 0;

  constructor(options: StoriesOptions) {
    super();
    this.#options = options;
    this.#rate = new AttemptRate(options.clock);
  }

  /** Stories that are being written. */
  get open(): number {
    return this.#open.size;
  }

  get kept(): number {
    return this.#options.store.size;
  }

  get bytes(): number {
    return this.#options.store.bytes;
  }

  /** Entries that stories had no room for. */
  get droppedEntries(): number {
    return this.#droppedEntries;
  }

  /** Stories that could not be written. */
  get lost(): number {
    return this.#options.store.lost;
  }

  /** A reference that no kept story has. */
  reference(): string {
    for (;;) {
      const reference = readableCode();
      if (!this.#open.has(reference) && !this.#options.store.has(reference)) return reference;
    }
  }

  /** The journal of a call that begins. */
  begin(reference: string, { from, to }: Between): CallJournal {
    return this.#record(reference, { from, to });
  }

  /** An attempt that never became a call; its reference, unless there were too many of late. */
  attempt(between: Between, end: AttemptEnd, tell: (journal: CallJournal) => void): string | undefined {
    if (!this.#rate.take(end.address)) return undefined;
    const reference = this.reference();
    const recorder = this.#record(reference, between);
    tell(recorder);
    recorder.refused(end);
    return reference;
  }

  /** Newest first; `before` is the reference of the last one seen. */
  list({ limit, before, masked }: { limit: number; before?: string; masked: boolean }): CallList {
    const calls: CallSummary[] = [];
    let passed = before === undefined;
    for (const summary of this.#newest()) {
      if (passed) calls.push(summary);
      if (summary.reference === before) passed = true;
      if (calls.length > limit) break;
    }
    const page = { calls: calls.slice(0, limit), more: calls.length > limit };
    return masked ? withMaskedNumbers(page) : page;
  }

  async read(reference: string, masked: boolean): Promise<CallStory | undefined> {
    const story = await this.#story(reference);
    if (!story) return undefined;
    const around = { sameCauseToday: sameCause(summaryOf(story), this.#newest()), keptDays: this.#options.keepDays };
    const view = { ...viewOf(story, around), masked };
    return masked ? withMaskedNumbers(view) : view;
  }

  async pcap(reference: string, masked: boolean): Promise<Uint8Array | undefined> {
    const story = await this.#story(reference);
    return story && pcapOf(masked ? withMaskedNumbers(story) : story);
  }

  /** Ends what is open, and writes all. */
  async close(): Promise<void> {
    for (const recorder of [...this.#open.values()]) recorder.finish();
    await this.#options.store.close();
  }

  async #story(reference: string): Promise<Story | undefined> {
    const wanted = reference.toUpperCase().replace(/\s/g, "");
    return this.#open.get(wanted)?.story() ?? (await this.#options.store.read(wanted));
  }

  #record(reference: string, between: Between): Recorder {
    const { node, clock, lingerMs } = this.#options;
    const finished = (done: Recorder): void => this.#finished(done);
    const recorder = new Recorder({ reference, node, ...between, clock, lingerMs, finished }, momentOf(clock));
    this.#open.set(reference, recorder);
    return recorder;
  }

  #finished(recorder: Recorder): void {
    this.#open.delete(recorder.reference);
    this.#droppedEntries += recorder.dropped;
    const story = recorder.story();
    const summary = summaryOf(story);
    this.#options.store.add(summary, story);
    this.emit("kept", summary.verdict.code);
  }

  *#newest(): Generator<CallSummary> {
    for (const recorder of [...this.#open.values()].reverse()) yield summaryOf(recorder.story());
    for (const { day: _day, bytes: _bytes, ...summary } of this.#options.store.newest()) yield summary;
  }
}
