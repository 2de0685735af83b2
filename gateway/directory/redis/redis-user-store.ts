import type { UserId } from "../user-id.ts";
import { unlessNewer } from "../store-error.ts";
import type { UserStore } from "../user-store.ts";
import type { RedisConnection } from "./connection.ts";
import { valueOfUser } from "./keys.ts";
import { Script } from "./script.ts";
import { pack } from "./stored.ts";

/** Of KEYS[1]: text that was read (empty: there was none), new text. 0 when another change came between. */
const replace = new Script(`
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`);

/** One text a user and kind, shared by all nodes. What a newer release has written is not seen, and not changed. */
export class RedisUserStore<T> implements UserStore<T> {
  readonly #redis: RedisConnection;
  readonly #kind: string;
  readonly #check: (value: unknown) => value is T;

  constructor(redis: RedisConnection, kind: string, check: (value: unknown) => value is T) {
    this.#redis = redis;
    this.#kind = kind;
    this.#check = check;
  }

  async read(user: UserId): Promise<T | undefined> {
    const text = await this.#text(user);
    return unlessNewer(() => this.#valueOf(text));
  }

  async change(user: UserId, change: (value: T | undefined) => T | undefined): Promise<T | undefined> {
    const key = valueOfUser(user, this.#kind);
    for (;;) {
      const before = await this.#text(user);
      const changed = change(this.#valueOf(before));
      if (changed === undefined) return undefined;
      const values = [before ?? "", pack(changed)];
      const done = await this.#redis.run(`writing ${this.#kind}`, (client) => replace.run(client, [key], values));
      if (done === 1) return changed;
    }
  }

  async erase(user: UserId): Promise<boolean> {
    const key = valueOfUser(user, this.#kind);
    return (await this.#redis.run(`erasing ${this.#kind}`, (client) => client.del(key))) > 0;
  }

  /** What was told as written is. */
  async close(): Promise<void> {}

  #text(user: UserId): Promise<string | null> {
    return this.#redis.run(`reading ${this.#kind}`, (client) => client.get(valueOfUser(user, this.#kind)));
  }

  #valueOf(text: string | null): T | undefined {
    return text === null ? undefined : this.#redis.unpacked(`reading ${this.#kind}`, text, this.#check);
  }
}
