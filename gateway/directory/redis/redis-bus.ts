import { randomInt } from "node:crypto";
import { Cluster } from "ioredis";
import type { Clock, Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { messageOf } from "../../base/errors.ts";
import { uuid } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import type { Bus, BusEvents, Stamp, Subscription, Topic } from "../bus.ts";
import { printSent, TopicListeners } from "../topic-listeners.ts";
import { publisherOf, subscribersOf, type RedisClient } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import { channelOf, topicOfChannel } from "./keys.ts";

export interface RedisBusParts {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly log: Logger;
  /** So many publications never reached other nodes, for metrics. */
  lost(publications: number): void;
}

/** Publications that wait for Redis; the oldest go beyond that. */
const maxUnsent = 10_000;
const retryMs = 500;
/** More than there are servers of a Cluster. */
const turns = 1_000;
/** How often a subscriber that hears nothing is asked whether it is there: milliseconds. */
const askMs = 1_000;

interface Publication {
  readonly n: number;
  readonly name: string;
  readonly text: string;
}

/**
 * A bus over Redis' publish and subscribe. Streams would keep what a node has missed, but one stream for all makes
 * every node read everything, and streams of single users cannot be waited for by thousands. What counts lies in the
 * stores anyway, and is read anew after a gap.
 */
export class RedisBus extends Emitter<BusEvents> implements Bus {
  readonly node = uuid();
  readonly #parts: RedisBusParts;
  readonly #subscriber: RedisClient;
  readonly #listeners = new TopicListeners();
  readonly #unsent: Publication[] = [];
  readonly #asking: Timer;
  readonly #turn = randomInt(turns);
  #waiting: (() => void)[] = [];
  #retry: Timer | undefined;
  #published = 0;
  #hears = false;
  /** It has heard others before, and may have missed something since. */
  #missed = false;

  constructor(parts: RedisBusParts) {
    super();
    this.#parts = parts;
    this.#subscriber = parts.connection.subscriber();
    this.#subscriber.on("message", (channel: string, text: string) => this.#take(topicOfChannel(channel), text));
    this.#subscriber.on("ready", () => void this.#listen());
    this.#subscriber.on("close", () => void (this.#hears = false));
    if (this.#subscriber.status === "ready") void this.#listen();
    // A connection whose network was cut is found out by what it does not answer.
    this.#asking = parts.clock.every(askMs, () => void this.#subscriber.ping().catch(() => {}));
    parts.connection.on("up", () => this.#flush());
  }

  get isUp(): boolean {
    return this.#hears && this.#parts.connection.isUp;
  }

  get heard(): Readonly<Record<string, number>> {
    return this.#listeners.heard;
  }

  publish<T>(topic: Topic<T>, value: T): void {
    this.#unsent.push(this.#own(topic.name, value));
    this.#flush();
  }

  async send<T>(topic: Topic<T>, value: T): Promise<number> {
    return (await this.#carry(this.#own(topic.name, value), true)) ?? 0;
  }

  subscribe<T>(topic: Topic<T>, listener: (value: T, stamp: Stamp) => void): Subscription {
    const remove = this.#listeners.add(topic, listener);
    const channel = channelOf(topic.name);
    return {
      ready: this.#subscribe(channel),
      close: () => void (remove() && this.#hears && this.#subscriber.unsubscribe(channel).catch(() => {})),
    };
  }

  close(): void {
    this.#asking.cancel();
    this.#retry?.cancel();
    this.removeAllListeners();
  }

  /** To listeners of this node. */
  #own(name: string, value: unknown): Publication {
    const n = (this.#published += 1);
    this.#listeners.tell(name, value, { node: this.node, n });
    return { n, name, text: printSent(this.node, n, value) };
  }

  /** To other nodes; undefined when it is not known to have come there. */
  async #carry({ name, text }: Publication, counts = false): Promise<number | undefined> {
    try {
      const took = await this.#parts.connection.run("telling other nodes", async (client) => {
        const count = await publisherOf(client, this.#turn).publish(channelOf(name), text);
        // A server of a Cluster counts its own connections only.
        return client instanceof Cluster && counts ? subscribersOf(client, channelOf(name)) : count;
      });
      return Math.max(0, took - Number(this.#hears && this.#listeners.has(name)));
    } catch {
      return undefined;
    }
  }

  /** One connection carries all in order; what fails is sent again, in order, and counts once (see `TopicListeners`). */
  #flush(): void {
    if (!this.#parts.connection.isUp) return this.#bound();
    for (const one of this.#unsent.splice(0))
      void this.#carry(one).then((took) => {
        if (took === undefined) this.#keep(one);
      });
  }

  #keep(one: Publication): void {
    this.#unsent.push(one);
    this.#unsent.sort((a, b) => a.n - b.n);
    this.#bound();
    this.#retry ??= this.#parts.clock.after(retryMs, () => {
      this.#retry = undefined;
      this.#flush();
    });
  }

  #bound(): void {
    const excess = this.#unsent.length - maxUnsent;
    if (excess <= 0) return;
    this.#unsent.splice(0, excess);
    this.#parts.lost(excess);
  }

  #subscribe(channel: string): Promise<void> {
    const later = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve));
    if (this.#subscriber.status !== "ready") return later();
    return this.#subscriber.subscribe(channel).then(() => {}, later);
  }

  async #listen(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const channels = this.#listeners.names.map(channelOf);
      if (channels.length > 0) await this.#subscriber.subscribe(...channels);
    } catch (fault) {
      this.#waiting.push(...waiting);
      this.#parts.log.warn("other nodes are not heard", { fault: messageOf(fault) });
      return;
    }
    this.#hears = true;
    for (const resolve of waiting) resolve();
    if (this.#missed) this.emit("missed");
    this.#missed = true;
  }

  #take(name: string, text: string): void {
    try {
      this.#listeners.take(name, text);
    } catch (fault) {
      this.#parts.log.warn("publication not read", { topic: name, fault: messageOf(fault) });
    }
  }
}
