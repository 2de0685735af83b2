import type { Clock, Timer } from "../../base/clock.ts";
import { withDeadline } from "../../base/deadline.ts";
import { Emitter } from "../../base/emitter.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { StoreError } from "../store-error.ts";
import { clientOf, mastersOf, type RedisClient, type RedisSettings } from "./client.ts";
import { unpack } from "./stored.ts";

export interface RedisConnectionEvents {
  /** It answers, for the first time or again. */
  up: [];
  down: [];
}

export interface RedisConnectionParts {
  readonly settings: RedisSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** A command was not done. */
  failed?(code: StoreError["code"]): void;
}

/**
 * The process' one way to Redis, and owner of its sockets. While Redis is away commands fail at once; it comes back by
 * itself.
 */
export class RedisConnection extends Emitter<RedisConnectionEvents> {
  readonly #parts: RedisConnectionParts;
  readonly #client: RedisClient;
  #subscriber: RedisClient | undefined;
  #watch: Timer | undefined;
  #up = false;
  #fault = "it does not answer";

  constructor(parts: RedisConnectionParts) {
    super();
    this.#parts = parts;
    this.#client = this.#made();
    this.#client.on("ready", () => this.#turned(true));
    this.#client.on("close", () => this.#turned(false));
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Resolves when it is up, or has not been reached in the time of one command; it goes on trying then. */
  async open(): Promise<void> {
    const { settings, clock, log } = this.#parts;
    // An idle connection whose network was cut is found out by what it does not answer.
    this.#watch = clock.every(settings.timeout / 2, () => this.#ping());
    await withDeadline(this.#client.connect(), settings.timeout, "connecting to Redis", clock).catch(() => {});
    if (!this.#up) log.warn("Redis is away", { fault: this.#fault });
  }

  /** Runs `work`, which sends commands and does nothing else. @throws StoreError; a command that is wrong, a plain error */
  async run<T>(what: string, work: (client: RedisClient) => Promise<T>): Promise<T> {
    const { settings, clock, failed } = this.#parts;
    try {
      if (!this.#up) throw new StoreError("away", "Redis is away");
      return await withDeadline(work(this.#client), 2 * settings.timeout, what, clock);
    } catch (fault) {
      const known = storeErrorOf(fault, what);
      if (known?.code === "newer") this.newer(what);
      else if (known) failed?.(known.code);
      throw known ?? fault;
    }
  }

  /** The value of a text that was read. @throws StoreError `newer`; JsonError */
  unpacked<T>(what: string, text: string, check: (value: unknown) => value is T): T {
    try {
      return unpack(text, check);
    } catch (fault) {
      if (fault instanceof StoreError) this.newer(what);
      throw fault;
    }
  }

  /** A newer release has written what was asked for: it is left as it is, and said. */
  newer(what: string): void {
    this.#parts.failed?.("newer");
    this.#parts.log.warn("written by a newer release, left as it is", { what });
  }

  /** A connection of its own for subscriptions, made with the first call; it subscribes anew whenever Redis is back. */
  subscriber(): RedisClient {
    if (!this.#subscriber) {
      this.#subscriber = this.#made();
      this.#subscriber.connect().catch(() => {});
    }
    return this.#subscriber;
  }

  close(): void {
    this.#watch?.cancel();
    this.#up = false;
    this.removeAllListeners();
    for (const client of [this.#client, this.#subscriber]) {
      client?.removeAllListeners();
      client?.on("error", () => {});
      client?.disconnect();
    }
  }

  #made(): RedisClient {
    const client = clientOf(this.#parts.settings);
    client.on("error", (fault: unknown) => void (this.#fault = messageOf(fault)));
    return client;
  }

  #turned(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    const { log } = this.#parts;
    if (up) log.info("Redis is there");
    else log.warn("Redis is away", { fault: this.#fault });
    this.emit(up ? "up" : "down");
  }

  #ping(): void {
    if (this.#up) for (const master of mastersOf(this.#client)) master.ping().catch(() => {});
  }
}

/** What Redis answers when it has no room, or no disk. */
const full = /^(OOM|MISCONF|NOREPLICAS) /;
/** When it, or the part of a Cluster that is wanted, is not ready. */
const away = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH) /;

/** Undefined when Redis says no to the command itself: whatever else goes wrong is the connection's fault. */
function storeErrorOf(fault: unknown, what: string): StoreError | undefined {
  if (fault instanceof StoreError) return fault;
  const reply = fault instanceof Error && fault.name === "ReplyError" ? fault.message : undefined;
  if (reply === undefined) return new StoreError("away", `${what}: ${messageOf(fault)}`, { cause: fault });
  if (reply.startsWith("NEWER ")) return new StoreError("newer", `${what}: a newer release has written it`);
  if (full.test(reply)) return new StoreError("full", `${what}: Redis takes nothing more`, { cause: fault });
  if (away.test(reply)) return new StoreError("away", `${what}: Redis is not ready`, { cause: fault });
  return undefined;
}
