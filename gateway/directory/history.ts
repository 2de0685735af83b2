import type { UserId } from "./user-id.ts";
import type { UserStore } from "./user-store.ts";

/** One call in somebody's list. What else it says is its writer's matter. */
export interface HistoryEntry {
  readonly reference: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface HistoryLimits {
  /** Entries kept a user; beyond it the oldest goes. */
  readonly entries: number;
  /** Milliseconds; older ones are not shown, and go with the next change. */
  readonly age: number;
}

/** Each user's last calls, newest first. */
export class History<Entry extends HistoryEntry> {
  readonly #lists: UserStore<readonly Entry[]>;
  readonly #limits: HistoryLimits;
  readonly #now: () => number;

  constructor(store: UserStore<readonly Entry[]>, limits: HistoryLimits, now: () => number) {
    this.#lists = store;
    this.#limits = limits;
    this.#now = now;
  }

  async add(user: UserId, entry: Entry): Promise<void> {
    await this.#lists.change(user, (list = []) =>
      this.#kept([entry, ...list.filter(({ reference }) => reference !== entry.reference)]),
    );
  }

  /** At most `limit` entries older than the one with the reference `before`; `more` when there are others. */
  async list(
    user: UserId,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<{ readonly entries: readonly Entry[]; readonly more: boolean }> {
    const all = this.#kept((await this.#lists.read(user)) ?? []);
    const start = before === undefined ? 0 : all.findIndex(({ reference }) => reference === before) + 1;
    return { entries: all.slice(start, start + limit), more: all.length > start + limit };
  }

  /** Without references all. */
  async forget(user: UserId, references?: readonly string[]): Promise<void> {
    await this.#lists.change(user, (list = []) =>
      references ? list.filter(({ reference }) => !references.includes(reference)) : [],
    );
  }

  /** Leaves no list at all; false when there was none. */
  erase(user: UserId): Promise<boolean> {
    return this.#lists.erase(user);
  }

  #kept(list: readonly Entry[]): readonly Entry[] {
    const oldest = this.#now() - this.#limits.age;
    return [...list]
      .sort((a, b) => b.at - a.at)
      .filter(({ at }) => at >= oldest)
      .slice(0, this.#limits.entries);
  }
}
