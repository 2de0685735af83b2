import type { AccountKeeper } from "../account-keeper.ts";
import type { Account, Accounts } from "../accounts.ts";
import { userKey, type UserId } from "../user-id.ts";

/** Accounts that may be added: whoever comes by a provider must not be able to fill the memory. */
const maxAdded = 10_000;

/** The accounts of the configuration file, which stay, and those that were added. */
export class MemoryAccounts implements Accounts {
  readonly #configured: ReadonlyMap<string, Account>;
  readonly #added = new Map<string, Account>();
  readonly #domains: ReadonlySet<string>;
  readonly #keeper: AccountKeeper | undefined;

  /** Without `keeper` who was added is gone with the process. */
  constructor(domains: readonly string[], accounts: readonly Account[], keeper?: AccountKeeper) {
    this.#domains = new Set(domains);
    this.#configured = new Map(accounts.map((account) => [userKey(account.id), account]));
    this.#keeper = keeper;
  }

  /** Who was added before; an account of the configuration stands in front of one that was added. */
  async restore(): Promise<void> {
    for (const account of (await this.#keeper?.load()) ?? [])
      if (this.#domains.has(account.id.domain)) this.#added.set(userKey(account.id), account);
  }

  async find(id: UserId): Promise<Account | undefined> {
    return this.#find(userKey(id));
  }

  async add(account: Account): Promise<boolean> {
    const key = userKey(account.id);
    if (!this.#domains.has(account.id.domain) || this.#find(key) || this.#added.size >= maxAdded) return false;
    this.#added.set(key, account);
    await this.#keep(() => this.#added.delete(key));
    return true;
  }

  async remove(id: UserId): Promise<boolean> {
    const key = userKey(id);
    const account = this.#added.get(key);
    if (!account || this.#configured.has(key)) return false;
    this.#added.delete(key);
    await this.#keep(() => this.#added.set(key, account));
    return true;
  }

  async list(domain: string): Promise<readonly Account[]> {
    const added = [...this.#added].filter(([key]) => !this.#configured.has(key)).map(([, account]) => account);
    return [...this.#configured.values(), ...added].filter((account) => account.id.domain === domain);
  }

  hosts(domain: string): boolean {
    return this.#domains.has(domain.toLowerCase());
  }

  #find(key: string): Account | undefined {
    return this.#configured.get(key) ?? this.#added.get(key);
  }

  async #keep(undo: () => void): Promise<void> {
    try {
      await this.#keeper?.save([...this.#added.values()]);
    } catch (fault) {
      undo();
      throw fault;
    }
  }
}
