import { Emitter } from "../base/emitter.ts";
import { parseJson } from "../base/json.ts";
import type { Stamp, Topic } from "./bus.ts";

/** A publication as it travels. */
type Sent = readonly [node: string, n: number, value: unknown];

const isSent = (value: unknown): value is Sent =>
  Array.isArray(value) && typeof value[0] === "string" && Number.isSafeInteger(value[1]);

export const printSent = (...sent: Sent): string => JSON.stringify(sent);

/** Nodes whose positions are remembered: each start of a process is one. */
const maxNodes = 1_000;

/** Who listens to which topic within one process, and how far it has heard each node. */
export class TopicListeners {
  readonly #topics = new Map<string, Emitter<{ told: [unknown, Stamp] }>>();
  readonly #heard = new Map<string, number>();

  get names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  get heard(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#heard);
  }

  has(name: string): boolean {
    return this.#topics.has(name);
  }

  /** The returned function takes it away again; true when it was the last of its topic. */
  add<T>({ name, is }: Topic<T>, listener: (value: T, stamp: Stamp) => void): () => boolean {
    const topic = this.#topics.get(name) ?? new Emitter();
    this.#topics.set(name, topic);
    const off = topic.on("told", (value, stamp) => void (is(value) && listener(value, stamp)));
    return () => {
      off();
      return this.#topics.get(name) === topic && topic.listenerCount("told") === 0 && this.#topics.delete(name);
    };
  }

  /** One that came before is not told again. */
  tell(name: string, value: unknown, stamp: Stamp): void {
    if (stamp.n <= (this.#heard.get(stamp.node) ?? 0)) return;
    this.#heard.delete(stamp.node);
    this.#heard.set(stamp.node, stamp.n);
    const oldest = this.#heard.keys().next().value;
    if (this.#heard.size > maxNodes && oldest !== undefined) this.#heard.delete(oldest);
    this.#topics.get(name)?.emit("told", value, stamp);
  }

  /** As `tell`, of what another node sent. @throws JsonError */
  take(name: string, text: string): void {
    const [node, n, value] = parseJson(text, isSent);
    this.tell(name, value, { node, n });
  }
}
