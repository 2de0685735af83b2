import type { Clock, Timer } from "../gateway/base/clock.ts";
import { qualityOf, type MediaCounters, type Quality } from "./quality.ts";

export const qualityEveryMs = 5_000;
/** Every so many readings the gateway is told one; and when what people notice changes. */
const readingsPerReport = 6;

export interface QualitySource {
  /** Undefined while there is nothing to read. */
  counters(): Promise<MediaCounters | undefined>;
  expected(): { readonly sends: boolean; readonly hears: boolean };
}

/** `report`: whether the gateway should hear of it too. */
export type QualityListener = (quality: Quality, counters: MediaCounters, report: boolean) => void;

/** Reads a call's counters again and again while it is up. */
export class QualityWatch {
  readonly #source: QualitySource;
  readonly #told: QualityListener;
  readonly #timer: Timer;
  #before: MediaCounters | undefined;
  #warning: Quality["warning"];
  #readings = 0;

  constructor(clock: Clock, source: QualitySource, told: QualityListener) {
    this.#source = source;
    this.#told = told;
    this.#timer = clock.every(qualityEveryMs, () => void this.#read().catch(() => {}));
  }

  /** Since the last reading, or since the call began. */
  async now(): Promise<Quality | undefined> {
    const counters = await this.#source.counters();
    return counters && qualityOf(this.#before, counters, this.#source.expected());
  }

  stop(): void {
    this.#timer.cancel();
  }

  async #read(): Promise<void> {
    const counters = await this.#source.counters();
    if (!counters) return;
    const quality = qualityOf(this.#before, counters, this.#source.expected());
    const news = quality.warning !== this.#warning || this.#readings % readingsPerReport === 0;
    this.#before = counters;
    this.#warning = quality.warning;
    this.#readings += 1;
    this.#told(quality, counters, news);
  }
}
