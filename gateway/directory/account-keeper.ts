import type { Account } from "./accounts.ts";

/** Keeps the accounts that were added over a restart. */
export interface AccountKeeper {
  load(): Promise<readonly Account[]>;
  /** All of them, in place of what was kept. Rejects when they could not be kept. */
  save(accounts: readonly Account[]): Promise<void>;
}
