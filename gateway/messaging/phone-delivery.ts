import { InTurn } from "../base/in-turn.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { ConversationKey, Conversations, KeptMessage } from "../directory/conversations.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { Carrier } from "./carrier.ts";

export interface PhoneDeliveryParts {
  readonly conversations: Conversations;
  readonly carrier: Carrier;
  readonly log: Logger;
  /** A softphone took it. */
  delivered(key: ConversationKey, user: UserId, message: KeptMessage): Promise<void>;
  /** A softphone will never take it. */
  refused(key: ConversationKey, user: UserId, message: KeptMessage): Promise<void>;
}

/** Messages read from the store at once, and conversations looked through when a softphone comes. */
const atOnce = 50;
const conversationsLooked = 1_000;

/** Messages to softphones: in order, one after another, and what waits when a softphone comes. */
export class PhoneDelivery {
  readonly #parts: PhoneDeliveryParts;
  readonly #turns = new InTurn();
  readonly #off: () => void;

  constructor(parts: PhoneDeliveryParts) {
    this.#parts = parts;
    this.#off = parts.carrier.onReady((user) => void this.#ready(user));
  }

  /** A new message for `user`: after what waits, and also when a page has taken it already. */
  offer(key: ConversationKey, user: UserId, message: KeptMessage): void {
    this.#run(key, user, async () => {
      const carried = await this.#flush(key, user);
      if (carried && !carried.has(message.number)) await this.#carry(key, user, message);
    });
  }

  close(): void {
    this.#off();
  }

  async #ready(user: UserId): Promise<void> {
    try {
      const name = printUserId(user);
      for (const { key, members, last } of await this.#parts.conversations.of(user, conversationsLooked)) {
        const delivered = members.find((one) => one.user === name)?.delivered ?? 0;
        if (isDirect(key) && last && last.number > delivered) this.#run(key, user, () => this.#flush(key, user));
      }
    } catch (fault) {
      this.#parts.log.error("waiting messages not read", { user: printUserId(user), fault: messageOf(fault) });
    }
  }

  #run(key: ConversationKey, user: UserId, work: () => Promise<unknown>): void {
    this.#turns.run(`${key} ${user.name}`, work).catch((fault: unknown) => {
      this.#parts.log.error("message not given to a softphone", { user: printUserId(user), fault: messageOf(fault) });
    });
  }

  /** Numbers of those that were carried; undefined when it came to a halt. */
  async #flush(key: ConversationKey, user: UserId): Promise<ReadonlySet<number> | undefined> {
    const carried = new Set<number>();
    for (;;) {
      const waiting = await this.#parts.conversations.waiting(key, printUserId(user), atOnce);
      if (waiting.length === 0) return carried;
      for (const message of waiting) {
        if (!(await this.#carry(key, user, message))) return undefined;
        carried.add(message.number);
      }
    }
  }

  /** False when it has to be tried again. */
  async #carry(key: ConversationKey, user: UserId, message: KeptMessage): Promise<boolean> {
    const from = parseUserId(message.from);
    if (!from) return true;
    const { name, at } = message;
    const text = textFor(message);
    const id = `${key} ${message.number}`;
    const said = await this.#parts.carrier.deliver(user, { id, from, text, at, ...(name !== undefined && { name }) });
    if (said === "absent" || said === "failed") return false;
    await this.#parts[said](key, user, message);
    return true;
  }
}

/** Softphones take text alone: of files they are told the names. */
const textFor = ({ text, files = [] }: KeptMessage): string =>
  [text, ...files.map(({ name }) => `[${name}]`)].filter((line) => line !== "").join("\n");

/** Softphones know no groups: an answer would come to its sender alone. */
export const isDirect = (key: ConversationKey): boolean => key.split("/")[1] === "direct";
