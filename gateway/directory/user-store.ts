import type { UserId } from "./user-id.ts";

/** One value a user, such as an address book. What is written is read again, by the next process too where it lasts. */
export interface UserStore<T> {
  read(user: UserId): Promise<T | undefined>;
  /**
   * Resolves with the new value; `undefined` from `change` leaves the old one. Changes of one user's value come one after
   * another: none is made from a value that another has replaced, so that `change` may be asked again.
   */
  change(user: UserId, change: (value: T | undefined) => T | undefined): Promise<T | undefined>;
  /** False when there was none. */
  erase(user: UserId): Promise<boolean>;
  /** Resolves when all is written. */
  close(): Promise<void>;
}
