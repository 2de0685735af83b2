import { messageOf } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import { type Account, type Accounts, isAccount } from "../accounts.ts";
import type { Bus, Subscription, Topic } from "../bus.ts";
import { userKey, type UserId } from "../user-id.ts";
import type { RedisConnection } from "./connection.ts";
import { accountsOfDomain } from "./keys.ts";
import { pack, unpack } from "./stored.ts";

/** Accounts of one domain that may be added. */
const maxAdded = 10_000;

const changes: Topic<{ readonly domain: string }> = {
  name: "accounts",
  is: (value): value is { readonly domain: string } => isRecord(value) && typeof value.domain === "string",
};

/**
 * The accounts of the configuration, which stay and stand in front, and those that were added at any node. All are held
 * in memory, so that nobody waits for Redis to know who somebody is; changes are made there, and told to other nodes.
 */
export class RedisAccounts implements Accounts {
  readonly #redis: RedisConnection;
  readonly #log: Logger;
  readonly #domains: readonly string[];
  readonly #configured: ReadonlyMap<string, Account>;
  /** By domain, then by name. */
  readonly #added = new Map<string, ReadonlyMap<string, Account>>();
  #bus: Bus | undefined;

  constructor(redis: RedisConnection, log: Logger, domains: readonly string[], accounts: readonly Account[]) {
    this.#redis = redis;
    this.#log = log;
    this.#domains = domains;
    this.#configured = new Map(accounts.map((account) => [userKey(account.id), account]));
  }

  /** Reads what was added. What cannot be read now is read when the bus says that Redis is back. */
  async restore(): Promise<void> {
    await Promise.all(this.#domains.map((domain) => this.#read(domain)));
  }

  /** From now on it knows what other nodes change. Whoever calls this closes it. */
  follow(bus: Bus): { close(): void } {
    this.#bus = bus;
    const subscription: Subscription = bus.subscribe(changes, ({ domain }, { node }) => {
      if (node !== bus.node) void this.#read(domain);
    });
    const off = bus.on("missed", () => void this.restore());
    return {
      close: () => {
        off();
        subscription.close();
      },
    };
  }

  async find(id: UserId): Promise<Account | undefined> {
    return this.#configured.get(userKey(id)) ?? this.#added.get(id.domain)?.get(id.name);
  }

  /** @throws StoreError */
  async add(account: Account): Promise<boolean> {
    const { name, domain } = account.id;
    if (!this.#domains.includes(domain) || this.#configured.has(userKey(account.id))) return false;
    const key = accountsOfDomain(domain);
    if ((this.#added.get(domain)?.size ?? 0) >= maxAdded) return false;
    const added = await this.#redis.run("adding an account", (client) => client.hsetnx(key, name, pack(account)));
    await this.#changed(domain);
    return added === 1;
  }

  /** @throws StoreError */
  async remove({ name, domain }: UserId): Promise<boolean> {
    if (this.#configured.has(userKey({ name, domain }))) return false;
    const key = accountsOfDomain(domain);
    const removed = await this.#redis.run("removing an account", (client) => client.hdel(key, name));
    await this.#changed(domain);
    return removed === 1;
  }

  async list(domain: string): Promise<readonly Account[]> {
    const configured = [...this.#configured.values()].filter(({ id }) => id.domain === domain);
    const added = [...(this.#added.get(domain)?.values() ?? [])];
    return [...configured, ...added.filter(({ id }) => !this.#configured.has(userKey(id)))];
  }

  hosts(domain: string): boolean {
    return this.#domains.includes(domain.toLowerCase());
  }

  async #changed(domain: string): Promise<void> {
    await this.#read(domain);
    this.#bus?.publish(changes, { domain });
  }

  async #read(domain: string): Promise<void> {
    try {
      const kept = await this.#redis.run("reading accounts", (client) => client.hvals(accountsOfDomain(domain)));
      const accounts = kept.map((text) => unpack(text, isAccount));
      this.#added.set(domain, new Map(accounts.map((account) => [account.id.name, account])));
    } catch (fault) {
      this.#log.warn("accounts not read", { domain, fault: messageOf(fault) });
    }
  }
}
