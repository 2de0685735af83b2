import type {
  ConversationKey,
  Conversations,
  KeptMessage,
  MarkedMember,
  Membership,
  Summary,
} from "./conversations.ts";
import { printUserId, type UserId } from "./user-id.ts";

/** Where a message stands among all of a user's: newest first. */
export interface MessagePlace {
  readonly at: number;
  readonly key: ConversationKey;
  readonly number: number;
}

export interface MessageSearch {
  /** Looked for whatever its case. */
  readonly text: string;
  /** Only what comes after that place: older ones. */
  readonly before?: MessagePlace;
  readonly limit: number;
  /** Messages that are looked at before it stops, to go on from there when asked again; default 20,000. */
  readonly budget?: number;
}

export interface FoundMessage {
  readonly key: ConversationKey;
  readonly membership: Membership<MarkedMember>;
  readonly message: KeptMessage;
}

export interface FoundMessages {
  /** Newest first. */
  readonly found: readonly FoundMessage[];
  /** There may be older ones: they come after this place. */
  readonly next?: MessagePlace;
}

const usualBudget = 20_000;
/** Conversations that are looked through, the ones with the newest messages. */
const conversationsSought = 1_000;
/** Messages read at once: few at first, since most conversations are looked at briefly. */
const firstPage = 20;
const nextPages = 200;

/** Below 0: `one` comes first. Of the same moment, by conversation. */
function order(one: MessagePlace, other: MessagePlace): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return other.number - one.number;
}

const comesAfter = (one: MessagePlace, other: MessagePlace): boolean => order(one, other) > 0;

/** The messages of one conversation, newest first, read as they are wanted. */
class Thread {
  readonly summary: Summary;
  readonly #conversations: Conversations;
  #waiting: readonly KeptMessage[] = [];
  #before = Infinity;
  #page = firstPage;
  /** Of the next message, or no earlier than it; undefined when there is none. */
  #head: MessagePlace | undefined;

  constructor(summary: Summary, conversations: Conversations) {
    this.summary = summary;
    this.#conversations = conversations;
    this.#head = summary.last && this.#placeOf(summary.last);
  }

  get head(): MessagePlace | undefined {
    return this.#head;
  }

  /** Skips what does not come after `place`. Times rise with numbers, but for clocks of nodes that differ. */
  async skipTo(place: MessagePlace): Promise<void> {
    if (!this.#head || comesAfter(this.#head, place)) return;
    let [low, high] = [1, this.#head.number + 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [message] = await this.#list(middle, 1);
      if (message && !comesAfter(this.#placeOf(message), place)) high = Math.min(middle - 1, message.number);
      else low = middle;
    }
    this.#before = low;
    await this.#read();
  }

  /** The next message, once it has been read; undefined when that had to be done first. */
  async take(): Promise<KeptMessage | undefined> {
    const [message, ...rest] = this.#waiting;
    if (!message) return void (await this.#read());
    this.#waiting = rest;
    this.#before = message.number;
    const next = rest[0];
    // The message before is no later; which one it is will be read when it is its turn.
    this.#head = next ? this.#placeOf(next) : message.number > 1 ? this.#placeOf(message) : undefined;
    return message;
  }

  async #read(): Promise<void> {
    this.#waiting = await this.#list(this.#before, this.#page);
    this.#page = nextPages;
    this.#head = this.#waiting[0] && this.#placeOf(this.#waiting[0]);
  }

  async #list(before: number, limit: number): Promise<readonly KeptMessage[]> {
    const { messages } = await this.#conversations.list(this.summary.key, {
      limit,
      ...(before < Infinity && { before }),
    });
    return messages;
  }

  #placeOf({ at, number }: KeptMessage): MessagePlace {
    return { at, key: this.summary.key, number };
  }
}

/** Finds text in all conversations of a user that the user has joined, newest first. */
export async function searchMessages(
  conversations: Conversations,
  user: UserId,
  { text, before, limit, budget = usualBudget }: MessageSearch,
): Promise<FoundMessages> {
  const name = printUserId(user);
  const wanted = text.toLocaleLowerCase();
  const joined = (await conversations.of(user, conversationsSought)).filter(({ members }) =>
    members.some((one) => one.user === name && !one.invited),
  );
  const threads = joined.map((summary) => new Thread(summary, conversations));
  if (before) await Promise.all(threads.map((thread) => thread.skipTo(before)));
  const found: FoundMessage[] = [];
  let last: MessagePlace | undefined;
  for (let looked = 0; looked < budget;) {
    const thread = newestOf(threads);
    if (!thread) return { found };
    const message = await thread.take();
    if (!message) continue;
    looked += 1;
    const place = { at: message.at, key: thread.summary.key, number: message.number };
    if (before && !comesAfter(place, before)) continue;
    if (!message.deleted && message.text.toLocaleLowerCase().includes(wanted)) {
      if (found.length === limit) return { found, ...(last && { next: last }) };
      found.push({ key: thread.summary.key, membership: thread.summary, message });
    }
    last = place;
  }
  return { found, ...(last && { next: last }) };
}

function newestOf(threads: readonly Thread[]): Thread | undefined {
  let newest: Thread | undefined;
  for (const thread of threads)
    if (thread.head && (!newest?.head || comesAfter(newest.head, thread.head))) newest = thread;
  return newest;
}
