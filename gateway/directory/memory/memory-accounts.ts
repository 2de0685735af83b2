import type { Account, Accounts } from "../accounts.ts";
import { userKey, type UserId } from "../user-id.ts";

/** Accounts that may be added: whoever comes by a provider must not be able to fill the memory. */
const maxAdded = 10_000;

/** The accounts of the configuration file, and those that were added since the start. */
export class MemoryAccounts implements Accounts {
  readonly #accounts: Map<string, Account>;
  readonly #domains: ReadonlySet<string>;
  #room = maxAdded;

  constructor(domains: readonly string[], accounts: readonly Account[]) {
    this.#domains = new Set(domains);
    this.#accounts = new Map(accounts.map((account) => [userKey(account.id), account]));
  }

  async find(id: UserId): Promise<Account | undefined> {
    return this.#accounts.get(userKey(id));
  }

  async add(account: Account): Promise<boolean> {
    const key = userKey(account.id);
    if (!this.#domains.has(account.id.domain) || this.#accounts.has(key) || this.#room === 0) return false;
    this.#accounts.set(key, account);
    this.#room -= 1;
    return true;
  }

  async list(domain: string): Promise<readonly Account[]> {
    return [...this.#accounts.values()].filter((account) => account.id.domain === domain);
  }

  hosts(domain: string): boolean {
    return this.#domains.has(domain.toLowerCase());
  }
}
