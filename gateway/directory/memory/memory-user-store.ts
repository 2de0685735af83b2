import { userKey, type UserId } from "../user-id.ts";
import type { UserStore } from "../user-store.ts";

/** Lasts as long as the process. */
export class MemoryUserStore<T> implements UserStore<T> {
  readonly #values = new Map<string, T>();

  async read(user: UserId): Promise<T | undefined> {
    return this.#values.get(userKey(user));
  }

  write(user: UserId, value: T): void {
    this.#values.set(userKey(user), value);
  }

  async close(): Promise<void> {}
}
