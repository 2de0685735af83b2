import type { ServerEvent } from "../protocol/server-frame.ts";
import type { ContactInfo, Target } from "../protocol/values.ts";
import { differenceFrames, snapshotFrames } from "./frames.ts";
import type { Page } from "./page.ts";

/** Who is seen in one group of a domain, and who watches. What was told last is what differences are made from. */
export class Group {
  readonly name: string;
  readonly #told = new Map<string, ContactInfo>();
  readonly #watchers = new Set<Page>();
  /** Watchers that have nothing to which a difference could be added. */
  readonly #fresh = new Set<Page>();
  #joined: ContactInfo[] = [];
  #left: Target[] = [];
  #changed: ContactInfo[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get members(): number {
    return this.#told.size;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  get isEmpty(): boolean {
    return this.#told.size === 0 && this.#watchers.size === 0;
  }

  /** With the next telling it gets a snapshot, also when it watches already. */
  watch(page: Page): void {
    this.#watchers.add(page);
    this.#fresh.add(page);
  }

  unwatch(page: Page): void {
    this.#watchers.delete(page);
    this.#fresh.delete(page);
  }

  /** How the user of that key is seen here now, if at all. Told with the next `tell`. */
  see(key: string, contact: ContactInfo | undefined): void {
    const before = this.#told.get(key);
    if (before === contact) return;
    if (contact) this.#told.set(key, contact);
    else this.#told.delete(key);
    if (contact) (before ? this.#changed : this.#joined).push(contact);
    else if (before) this.#left.push(before.target);
  }

  /** Tells watchers what they do not know yet; `sent` hears how many got a frame of that type. */
  tell(sent: (type: ServerEvent["type"], count: number) => void): void {
    const difference = { joined: this.#joined, left: this.#left, changed: this.#changed };
    [this.#joined, this.#left, this.#changed] = [[], [], []];
    const old = [...this.#watchers].filter((page) => !this.#fresh.has(page));
    const fresh = [...this.#fresh];
    this.#fresh.clear();
    const send = (pages: readonly Page[], frames: () => readonly ServerEvent[]): void => {
      if (pages.length === 0) return;
      const made = frames();
      for (const page of pages) for (const frame of made) page.tell(frame);
      for (const { type } of made) sent(type, pages.length);
    };
    send(old, () => differenceFrames(this.name, difference));
    send(fresh, () => snapshotFrames(this.name, [...this.#told.values()]));
  }
}
