import {
  passingTypes,
  type KeptEvent,
  type Numbered,
  type PassingEvent,
  type ServerEvent,
} from "../protocol/server-frame.ts";

const passing: ReadonlySet<string> = new Set(passingTypes);

/** Such an event is told now or never. */
export function isPassing(event: ServerEvent): event is PassingEvent {
  return passing.has(event.type);
}

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

/** What was kept at another node. */
export interface KeptBefore {
  /** Number of the last event. */
  readonly seq: number;
  readonly kept: readonly Numbered<KeptEvent>[];
}

/** The events of one session, numbered from 1, until the page has acknowledged them. The oldest go when it does not. */
export class KeptEvents {
  readonly #limits: KeptLimits;
  #frames: (KeptFrame & { readonly bytes: number })[] = [];
  #bytes = 0;
  #last = 0;

  constructor(limits: KeptLimits, before: KeptBefore = { seq: 0, kept: [] }) {
    this.#limits = limits;
    for (const frame of before.kept) this.#keep(frame);
    this.#last = before.seq;
  }

  /** Those that the page has not acknowledged. */
  get all(): readonly Numbered<KeptEvent>[] {
    return this.#frames.map(({ frame }) => frame);
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
    const kept = this.#keep({ ...event, seq: this.#last });
    let dropped = 0;
    while (this.#frames.length > this.#limits.keptEvents || this.#bytes > this.#limits.keptBytes) {
      this.#forgetOldest();
      dropped += 1;
    }
    return { ...kept, dropped };
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

  #keep(frame: Numbered<KeptEvent>): KeptFrame {
    const text = JSON.stringify(frame);
    const bytes = Buffer.byteLength(text);
    this.#frames.push({ frame, text, bytes });
    this.#bytes += bytes;
    return { frame, text };
  }

  #forgetOldest(): void {
    this.#bytes -= this.#frames.shift()?.bytes ?? 0;
  }
}
