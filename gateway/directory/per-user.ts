import { InTurn } from "../base/in-turn.ts";
import { userKey, type UserId } from "./user-id.ts";
import type { UserStore } from "./user-store.ts";

/** Changes of one user's value come one after another: none is made from a value that another has replaced. */
export class PerUser<T> {
  readonly #store: UserStore<T>;
  readonly #turns = new InTurn();

  constructor(store: UserStore<T>) {
    this.#store = store;
  }

  read(user: UserId): Promise<T | undefined> {
    return this.#turns.run(userKey(user), () => this.#store.read(user));
  }

  /** Resolves with the new value; `undefined` from `change` leaves the old one. */
  change(user: UserId, change: (value: T | undefined) => T | undefined): Promise<T | undefined> {
    return this.#turns.run(userKey(user), async () => {
      const changed = change(await this.#store.read(user));
      if (changed !== undefined) this.#store.write(user, changed);
      return changed;
    });
  }
}
