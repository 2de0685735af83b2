import { messageOf } from "../base/errors.ts";
import { InTurn } from "../base/in-turn.ts";
import type { Logger } from "../base/log.ts";
import type { UserId } from "../directory/user-id.ts";
import type { Messages } from "../messaging/messages.ts";
import type { Conversation, MessageInfo } from "../protocol/message-values.ts";
import type { MessageEvent } from "../protocol/server-frame.ts";

export interface MessageFeedParts {
  readonly messages: Pick<Messages, "catchUp" | "between">;
  readonly log: Logger;
  readonly user: () => UserId;
  tell(event: MessageEvent): void;
}

/** How far a page has come in each conversation, the one last touched last. */
export type ReachedMessages = readonly (readonly [conversation: string, number: number])[];

/** A message that comes: `own` ones were sent by this page, and are told by their answer. */
interface Coming {
  readonly message: MessageInfo;
  readonly own: boolean;
}

/** Conversations that are remembered. */
const remembered = 500;

const keyOf = (of: Conversation): string => ("group" in of ? `group:${of.group}` : `user:${of.user}`);

/**
 * Messages to one page: each once, those of a conversation in order. Two nodes may tell theirs in another order than the
 * store numbered them, one may die before it tells, and after a gap nobody knows what was told: what is missing before a
 * message is read from the store.
 */
export class MessageFeed {
  readonly #parts: MessageFeedParts;
  readonly #reached: Map<string, number>;
  readonly #turns = new InTurn();
  /** By conversation: what waits until what is before it has been read. */
  readonly #held = new Map<string, Coming[]>();
  /** Whatever comes while all is read. */
  #all: Coming[] | undefined;

  constructor(parts: MessageFeedParts, reached: ReachedMessages = []) {
    this.#parts = parts;
    this.#reached = new Map(reached);
  }

  get reached(): ReachedMessages {
    return [...this.#reached];
  }

  /** The page is told its conversations, and what it does not know of them; `anew`: it knows nothing. Rejects as the store does. */
  read(anew: boolean): Promise<void> {
    this.#all ??= [];
    if (anew) this.#reached.clear();
    return this.#turns.run("", () => this.#read());
  }

  take(message: MessageInfo, own = false): void {
    const held = this.#all ?? this.#held.get(keyOf(message.of));
    if (held) held.push({ message, own });
    else this.#next({ message, own });
  }

  async #read(): Promise<void> {
    const { messages, user, tell } = this.#parts;
    this.#all ??= [];
    try {
      const told = (of: Conversation): number | undefined => this.#reached.get(keyOf(of));
      for (const { of, number } of await messages.catchUp(user(), tell, told)) this.#reach(keyOf(of), number);
    } finally {
      const held = this.#all;
      this.#all = undefined;
      for (const { message, own } of held) this.take(message, own);
    }
  }

  #next(coming: Coming): void {
    const { message, own } = coming;
    const key = keyOf(message.of);
    const before = this.#reached.get(key) ?? 0;
    if (message.number <= before) return;
    if (message.number > before + 1) return this.#fill(key, coming);
    this.#reach(key, message.number);
    if (!own) this.#parts.tell({ type: "message.received", message });
  }

  #fill(key: string, coming: Coming): void {
    this.#held.set(key, [coming]);
    void this.#turns.run("", async () => {
      const { messages, user, log, tell } = this.#parts;
      const { of, number } = coming.message;
      try {
        const missing = await messages.between(user(), of, this.#reached.get(key), number);
        for (const message of missing) tell({ type: "message.received", message });
      } catch (fault) {
        log.warn("missing messages not read", { fault: messageOf(fault) });
      }
      this.#reach(key, number - 1);
      const held = this.#held.get(key) ?? [];
      this.#held.delete(key);
      for (const { message, own } of held) this.take(message, own);
    });
  }

  #reach(key: string, number: number): void {
    const before = this.#reached.get(key) ?? 0;
    this.#reached.delete(key);
    this.#reached.set(key, Math.max(before, number));
    const [oldest] = this.#reached.keys();
    if (this.#reached.size > remembered && oldest !== undefined) this.#reached.delete(oldest);
  }
}
