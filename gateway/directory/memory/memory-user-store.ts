import { LocalUserStore } from "../local-user-store.ts";
import { userKey, type UserId } from "../user-id.ts";

/** Lasts as long as the process. */
export class MemoryUserStore<T> extends LocalUserStore<T> {
  readonly #values = new Map<string, T>();

  async read(user: UserId): Promise<T | undefined> {
    return this.#values.get(userKey(user));
  }

  write(user: UserId, value: T | undefined): void {
    if (value === undefined) this.#values.delete(userKey(user));
    else this.#values.set(userKey(user), value);
  }

  async close(): Promise<void> {}
}
