import type { UserId } from "./user-id.ts";

/** One value a user, such as an address book. What is written is read again, by the next process too where it lasts. */
export interface UserStore<T> {
  read(user: UserId): Promise<T | undefined>;
  /** Returns before anything is written; the last of several values counts. */
  write(user: UserId, value: T): void;
  /** Resolves when all is written. */
  close(): Promise<void>;
}
