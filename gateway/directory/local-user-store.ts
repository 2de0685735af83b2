import { InTurn } from "../base/in-turn.ts";
import { userKey, type UserId } from "./user-id.ts";
import type { UserStore } from "./user-store.ts";

/** A store that this process has for itself. */
export abstract class LocalUserStore<T> implements UserStore<T> {
  readonly #turns = new InTurn();

  abstract read(user: UserId): Promise<T | undefined>;
  /** Returns before anything is written; the last of several values counts, and undefined is none any more. */
  abstract write(user: UserId, value: T | undefined): void;
  abstract close(): Promise<void>;

  change(user: UserId, change: (value: T | undefined) => T | undefined): Promise<T | undefined> {
    return this.#turns.run(userKey(user), async () => {
      const changed = change(await this.read(user));
      if (changed !== undefined) this.write(user, changed);
      return changed;
    });
  }

  erase(user: UserId): Promise<boolean> {
    return this.#turns.run(userKey(user), async () => {
      const had = (await this.read(user)) !== undefined;
      if (had) this.write(user, undefined);
      return had;
    });
  }
}
