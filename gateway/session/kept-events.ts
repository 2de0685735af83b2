import type { KeptEvent, Numbered } from "../protocol/server-frame.ts";

/** An event with its number, and as JSON. */
export interface KeptFrame {
  readonly frame: Numbered<KeptEvent>;
  readonly text: string;
}

export interface KeptLimits {
  readonly keptEvents: number;
  /** Of their JSON. */
  readonly keptBytes: number;
}

/** The events of one session, numbered from 1, until the page has acknowledged them. The oldest go when it does not. */
export class KeptEvents {
  readonly #limits: KeptLimits;
  #frames: (KeptFrame & { readonly bytes: number })[] = [];
  #bytes = 0;
  #last = 0;

  constructor(limits: KeptLimits) {
    this.#limits = limits;
  }

  /** Number of the newest; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#frames.length;
  }

  /** `dropped`: how many had to go without having been acknowledged. */
  add(event: KeptEvent): KeptFrame & { readonly dropped: number } {
    this.#last += 1;
    const frame = { ...event, seq: this.#last };
    const text = JSON.stringify(frame);
    const bytes = Buffer.byteLength(text);
    this.#frames.push({ frame, text, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.#frames.length > this.#limits.keptEvents || this.#bytes > this.#limits.keptBytes) {
      this.#forgetOldest();
      dropped += 1;
    }
    return { frame, text, dropped };
  }

  /** The page has all up to `seq`. */
  acknowledge(seq: number): void {
    while (this.#frames[0] && this.#frames[0].frame.seq <= seq) this.#forgetOldest();
  }

  /** All after `seq`, in order; undefined when some of them are kept no longer, or `seq` never was. */
  since(seq: number): readonly KeptFrame[] | undefined {
    const missing = this.#last - seq;
    if (missing < 0 || missing > this.#frames.length) return undefined;
    return missing === 0 ? [] : this.#frames.slice(-missing);
  }

  #forgetOldest(): void {
    this.#bytes -= this.#frames.shift()?.bytes ?? 0;
  }
}
