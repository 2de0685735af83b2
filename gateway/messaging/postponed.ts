import type { Clock, Timer } from "../base/clock.ts";
import { StoreError } from "../directory/store-error.ts";
import type { ConversationKey } from "../directory/conversations.ts";
import type { Conversation } from "../protocol/message-values.ts";
import type { Actor } from "./parts.ts";
import { MessagingRefusal } from "./refusal.ts";

/** A message that is not kept yet. */
export interface Draft {
  readonly key: ConversationKey;
  readonly actor: Actor;
  readonly to: Conversation;
  readonly text: string;
  readonly messageId: string;
  /** Files that are sent with it. */
  readonly fileIds?: readonly string[];
  /** When it was sent: milliseconds since the epoch. */
  readonly at: number;
}

export interface PostponedParts {
  readonly clock: Clock;
  /** How many wait at most. */
  readonly limit: number;
  /** Keeps one. Rejects with StoreError when it has to wait on, with anything else when it never will be kept. */
  keep(draft: Draft): Promise<unknown>;
  refused(draft: Draft, fault: unknown): void;
}

/** How long after a try the next one comes, in milliseconds. */
const retryMs = 500;

/** Messages for which the store is away: in the memory of this process, tried again in their order. */
export class Postponed {
  readonly #parts: PostponedParts;
  readonly #drafts = new Set<Draft>();
  #timer: Timer | undefined;
  #trying: Promise<void> = Promise.resolve();

  constructor(parts: PostponedParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#drafts.size;
  }

  /** True when one of that conversation waits: what comes later must wait behind it. */
  has(key: ConversationKey): boolean {
    return [...this.#drafts].some((draft) => draft.key === key);
  }

  /** Sent again, it is the same message. @throws MessagingRefusal `overload` when too many wait */
  put(draft: Draft): void {
    if ([...this.#drafts].some((one) => isSame(one, draft))) return;
    if (this.#drafts.size >= this.#parts.limit)
      throw new MessagingRefusal(
        "overload",
        "Messages cannot be kept now, and too many wait already. Try again later.",
      );
    this.#drafts.add(draft);
    this.#plan();
  }

  /** One more try. What is not kept then is lost. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#trying;
    await this.#tryAll();
  }

  #plan(): void {
    this.#timer ??= this.#parts.clock.after(retryMs, () => {
      this.#timer = undefined;
      this.#trying = this.#tryAll().then(() => void (this.#drafts.size > 0 && this.#plan()));
    });
  }

  async #tryAll(): Promise<void> {
    for (const draft of [...this.#drafts]) {
      try {
        await this.#parts.keep(draft);
      } catch (fault) {
        if (fault instanceof StoreError) return;
        this.#parts.refused(draft, fault);
      }
      this.#drafts.delete(draft);
    }
  }
}

const isSame = (a: Draft, b: Draft): boolean =>
  a.key === b.key && a.messageId === b.messageId && a.actor.user.name === b.actor.user.name;
