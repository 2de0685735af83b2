import type { StoryEntry } from "./story.ts";

export interface EntryBounds {
  readonly entries: number;
  /** Of JSON text, roughly. */
  readonly bytes: number;
}

/** As much as a long call with many changes needs; a call that loops does not fill memory and disk. */
export const entryBounds: EntryBounds = { entries: 400, bytes: 96 * 1024 };

interface Kept {
  readonly entry: StoryEntry;
  readonly bytes: number;
}

/** The first and the last entries of a story: half of the room for each, and how many were lost between. */
export class BoundedEntries {
  readonly #bounds: EntryBounds;
  readonly #first: StoryEntry[] = [];
  readonly #last: Kept[] = [];
  #firstBytes = 0;
  #lastBytes = 0;
  #dropped = 0;

  constructor(bounds: EntryBounds = entryBounds) {
    this.#bounds = bounds;
  }

  /** Entries that were lost. */
  get dropped(): number {
    return this.#dropped;
  }

  add(entry: StoryEntry): void {
    const bytes = sizeOf(entry);
    if (this.#last.length === 0 && this.#fits(this.#first.length, this.#firstBytes + bytes)) {
      this.#first.push(entry);
      this.#firstBytes += bytes;
      return;
    }
    this.#last.push({ entry, bytes });
    this.#lastBytes += bytes;
    while (this.#last.length > 1 && !this.#fits(this.#last.length - 1, this.#lastBytes)) this.#drop();
  }

  /** In the order of time: what a leg tells later than it happened takes its place. */
  get entries(): readonly StoryEntry[] {
    return [...ordered(this.#first), ...ordered(this.#last.map(({ entry }) => entry))];
  }

  get gap(): { readonly behind: number; readonly count: number } | undefined {
    return this.#dropped === 0 ? undefined : { behind: this.#first.length - 1, count: this.#dropped };
  }

  #fits(entries: number, bytes: number): boolean {
    return entries < this.#bounds.entries / 2 && bytes <= this.#bounds.bytes / 2;
  }

  #drop(): void {
    this.#lastBytes -= this.#last.shift()?.bytes ?? 0;
    this.#dropped += 1;
  }
}

const ordered = (entries: readonly StoryEntry[]): StoryEntry[] => [...entries].sort((a, b) => a.ms - b.ms);

/** Octets of JSON that an entry takes beside its headers and descriptions, and of one section of a description. */
const plainBytes = 150;
const sectionBytes = 160;

/** What an entry takes, near enough, without writing it: a call must not pay for its journal. */
function sizeOf(entry: StoryEntry): number {
  if (entry.is === "relay") return plainBytes + sectionBytes * (entry.given?.media.length ?? 0);
  if (entry.is !== "wire") return plainBytes;
  const described = sectionBytes * (entry.media?.media.length ?? 0);
  if (entry.protocol === "frame") return plainBytes + described + 40 * Object.keys(entry.fields).length;
  return entry.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 8, plainBytes + described);
}
