import { Emitter } from "../../base/emitter.ts";
import { uuid } from "../../base/ids.ts";
import type { Bus, BusEvents, Stamp, Subscription, Topic } from "../bus.ts";
import { printSent, TopicListeners } from "../topic-listeners.ts";

/** Joins nodes of one process, as tests have them. A gateway without Redis is alone on its own. */
export class MemoryHub {
  readonly buses = new Set<MemoryBus>();
}

/** A bus within one process. */
export class MemoryBus extends Emitter<BusEvents> implements Bus {
  readonly node = uuid();
  readonly hub: MemoryHub;
  readonly #listeners = new TopicListeners();
  #unsent: (() => void)[] = [];
  #ready: (() => void)[] = [];
  #published = 0;
  #up = true;

  constructor(hub = new MemoryHub()) {
    super();
    this.hub = hub;
    hub.buses.add(this);
  }

  get isUp(): boolean {
    return this.#up;
  }

  get heard(): Readonly<Record<string, number>> {
    return this.#listeners.heard;
  }

  publish<T>({ name }: Topic<T>, value: T): void {
    const text = this.#own(name, value);
    if (this.#up) this.#carry(name, text);
    else this.#unsent.push(() => void this.#carry(name, text));
  }

  async send<T>({ name }: Topic<T>, value: T): Promise<number> {
    const text = this.#own(name, value);
    return this.#up ? this.#carry(name, text) : 0;
  }

  subscribe<T>(topic: Topic<T>, listener: (value: T, stamp: Stamp) => void): Subscription {
    const remove = this.#listeners.add(topic, listener);
    const ready = this.#up ? Promise.resolve() : new Promise<void>((resolve) => this.#ready.push(resolve));
    return { ready, close: () => void remove() };
  }

  /** Its network fails, or is mended, for tests. */
  set isUp(up: boolean) {
    if (up === this.#up) return;
    this.#up = up;
    if (!up) return;
    for (const send of this.#unsent.splice(0)) send();
    for (const resolve of this.#ready.splice(0)) resolve();
    this.emit("missed");
  }

  close(): void {
    this.hub.buses.delete(this);
    this.removeAllListeners();
  }

  #own(name: string, value: unknown): string {
    const n = (this.#published += 1);
    this.#listeners.tell(name, value, { node: this.node, n });
    return printSent(this.node, n, value);
  }

  #carry(name: string, text: string): number {
    const others = [...this.hub.buses].filter((bus) => bus !== this && bus.#up && bus.#listeners.has(name));
    for (const bus of others) queueMicrotask(() => bus.#listeners.take(name, text));
    return others.length;
  }
}
