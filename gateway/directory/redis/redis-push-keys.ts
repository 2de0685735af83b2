import { isPushKeyPair, type PushKeyPair, type PushKeys } from "../push-keys.ts";
import type { RedisConnection } from "./connection.ts";
import { pushKeysKey } from "./keys.ts";
import { pack, unpack } from "./stored.ts";

/** One pair for all nodes: whoever comes first makes it. */
export class RedisPushKeys implements PushKeys {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async pair(make: () => PushKeyPair): Promise<PushKeyPair> {
    const kept = await this.#read();
    if (kept) return kept;
    const made = make();
    const first = await this.#redis.run("keeping push keys", (client) => client.setnx(pushKeysKey, pack(made)));
    return first === 1 ? made : ((await this.#read()) ?? made);
  }

  async #read(): Promise<PushKeyPair | undefined> {
    const text = await this.#redis.run("reading push keys", (client) => client.get(pushKeysKey));
    return text === null ? undefined : unpack(text, isPushKeyPair);
  }
}
