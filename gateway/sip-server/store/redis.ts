import { Redis } from "ioredis";
import { afterReading, type Clock } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { DialogStore } from "../store.ts";

export interface RedisDialogStoreOptions {
  /** `redis://[user:password@]host[:port][/database]` */
  readonly url: string;
  /** Which server the dialogs belong to: several may share a Redis. */
  readonly instance: string;
  readonly everything: () => Iterable<readonly [id: string, text: string]>;
  readonly clock: Clock;
  readonly log: Logger;
}

const answerMs = 3_000;
const longestRetryMs = 2_000;

/** Keeps dialogs in one hash of a Redis. While that is away calls go on; when it is back everything is written anew. */
export class RedisDialogStore implements DialogStore {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #everything: RedisDialogStoreOptions["everything"];
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Unwritten changes; undefined stands for a removal. */
  #changes = new Map<string, string | undefined>();
  #gathering = false;
  #inStep = true;

  constructor({ url, instance, everything, clock, log }: RedisDialogStoreOptions) {
    this.#key = `offhook:sip-server:${instance}:dialogs`;
    this.#everything = everything;
    this.#clock = clock;
    this.#log = log;
    this.#redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      connectTimeout: answerMs,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(100 * times, longestRetryMs),
    });
    this.#redis.on("error", (fault) => this.#outOfStep(fault));
    this.#redis.on("close", () => this.#outOfStep(new Error("the connection is closed")));
    this.#redis.on("ready", () => this.#rewrite());
  }

  async load(): Promise<ReadonlyMap<string, string>> {
    await withDeadline(this.#redis.connect(), answerMs, "connecting to Redis", this.#clock);
    const found = await withDeadline(this.#redis.hgetall(this.#key), answerMs, "reading dialogs", this.#clock);
    return new Map(Object.entries(found));
  }

  put(id: string, text: string): void {
    this.#change(id, text);
  }

  remove(id: string): void {
    this.#change(id, undefined);
  }

  async close(): Promise<void> {
    await withDeadline(this.#flush(), answerMs, "writing dialogs", this.#clock).catch(() => {});
    this.#redis.removeAllListeners();
    this.#redis.on("error", () => {});
    this.#redis.disconnect();
  }

  #change(id: string, text: string | undefined): void {
    // Everything is written when Redis is back.
    if (!this.#inStep) return;
    this.#changes.set(id, text);
    if (this.#gathering) return;
    this.#gathering = true;
    afterReading(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#gathering = false;
    const changes = this.#changes;
    if (changes.size === 0) return;
    this.#changes = new Map();
    const batch = this.#redis.pipeline();
    for (const [id, text] of changes) {
      if (text === undefined) batch.hdel(this.#key, id);
      else batch.hset(this.#key, id, text);
    }
    try {
      const fault = (await batch.exec())?.find(([failed]) => failed)?.[0];
      if (fault) this.#outOfStep(fault);
    } catch (fault) {
      this.#outOfStep(fault);
    }
  }

  #outOfStep(fault: unknown): void {
    if (!this.#inStep) return;
    this.#inStep = false;
    this.#log.warn("dialogs are not kept: Redis is away", { fault: messageOf(fault) });
  }

  /** Redis is back, perhaps without what was in it. */
  async #rewrite(): Promise<void> {
    if (this.#inStep) return;
    this.#inStep = true;
    this.#changes.clear();
    const batch = this.#redis.multi().del(this.#key);
    for (const [id, text] of this.#everything()) batch.hset(this.#key, id, text);
    try {
      await batch.exec();
      this.#log.info("dialogs are kept in Redis again");
    } catch (fault) {
      this.#outOfStep(fault);
    }
  }
}
