import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { People } from "./context.ts";
import { StoreError } from "../directory/store-error.ts";
import type { UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { MessageFeed } from "./message-feed.ts";
import { storeRetryMs } from "./request-fault.ts";

export interface CatchUpParts {
  readonly session: string;
  readonly book: People["book"];
  readonly feed: Pick<MessageFeed, "read">;
  readonly clock: Clock;
  readonly log: Logger;
  tell(event: ServerEvent): void;
}

/** Tells a page what is kept of its user. What the store does not tell now is told once it is back. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  #again: Timer | undefined;
  #ended = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /** What happened at other nodes may have been missed; `anew`: the page knows nothing. Never rejects. */
  async read(user: UserId, anew: boolean): Promise<void> {
    if (this.#ended) return;
    this.#again?.cancel();
    const { session, book, feed, clock, log, tell } = this.#parts;
    try {
      const contacts = await book.list(user);
      if (contacts.length > 0) tell({ type: "contacts.saved", contacts });
      await feed.read(anew);
    } catch (fault) {
      log.error("contacts and messages not read", { session, fault: messageOf(fault) });
      if (fault instanceof StoreError && !this.#ended)
        this.#again = clock.after(storeRetryMs, () => void this.read(user, false));
    }
  }

  /** The session is over. */
  end(): void {
    this.#ended = true;
    this.#again?.cancel();
  }
}
