import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import { AddressBook } from "../directory/address-book.ts";
import type { BoardEntry } from "../directory/board-journal.ts";
import type { ConversationChange } from "../directory/conversation-journal.ts";
import type { Boards } from "../directory/boards.ts";
import type { Conversations } from "../directory/conversations.ts";
import { UserFiles } from "../directory/file/user-files.ts";
import { History } from "../directory/history.ts";
import { JournalFiles } from "../directory/file/journal-files.ts";
import { MemoryBoards } from "../directory/memory/memory-boards.ts";
import { MemoryConversations } from "../directory/memory/memory-conversations.ts";
import { RedisBoards } from "../directory/redis/redis-boards.ts";
import { RedisConversations } from "../directory/redis/redis-conversations.ts";
import { RedisUserStore } from "../directory/redis/redis-user-store.ts";
import type { UserStore } from "../directory/user-store.ts";
import type { CallRecordInfo, SavedContact } from "../protocol/values.ts";
import type { People } from "../session/context.ts";
import { limits as frameLimits } from "../protocol/version.ts";
import type { Background, BoardElement } from "../protocol/whiteboard-values.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;
const pruneEveryMs = 3_600_000;

/** What a store is opened with. */
type Site = Pick<Frame, "config" | "clock" | "log" | "redis">;

/** Conversations in the Redis that all nodes share, or in files under the state directory. */
export async function openConversations({ config, clock, log, redis }: Site): Promise<Conversations> {
  const { retention, kept } = config.messages;
  const bounds = { messages: kept, age: retention * dayMs };
  const now = (): number => clock.now();
  if (redis) return new RedisConversations(redis, bounds, now);
  const files = new JournalFiles<ConversationChange>(join(config.stateDir, "conversations"), log);
  const conversations = new MemoryConversations(bounds, now, files);
  await files.load((key, changes) => conversations.restore(key, changes));
  return conversations;
}

/** Whiteboards, likewise. */
export async function openBoards({ config, clock, log, redis }: Site): Promise<Boards<BoardElement, Background>> {
  const { elements, boardBytes: bytes } = frameLimits;
  const limits = { elements, bytes, age: config.whiteboard.retention * dayMs };
  const now = (): number => clock.now();
  if (redis) return new RedisBoards(redis, limits, now);
  const files = new JournalFiles<BoardEntry<BoardElement, Background>>(join(config.stateDir, "whiteboards"), log);
  const boards = new MemoryBoards(limits, now, files);
  await files.load((key, entries) => boards.restore(key, entries));
  return boards;
}

/** The last calls and the contacts of each user; in Redis, or in files. */
export function openPeople({ config, clock, log, redis, later }: Site & Pick<Frame, "later">): Omit<People, "tell"> {
  const open = <T extends object>(kind: string, key: keyof T & string): UserStore<readonly T[]> => {
    const check = (value: unknown): value is readonly T[] =>
      Array.isArray(value) && value.every((one) => isRecord(one) && typeof one[key] === "string");
    if (redis) return new RedisUserStore(redis, kind, check);
    const store = new UserFiles<readonly T[]>({ folder: join(config.stateDir, "people"), kind, clock, log, check });
    later(() => store.close());
    return store;
  };
  const { entries, days } = config.history;
  const limits = { entries, age: days * dayMs };
  return {
    history: new History(open<CallRecordInfo>("calls", "reference"), limits, () => clock.now()),
    book: new AddressBook(open<SavedContact>("contacts", "contactId")),
  };
}

/**
 * Deletes what is too old: now, every hour, and of files at the end, as they may lie there for long. Nobody waits for a
 * Redis to be looked through.
 */
export async function keepPruned(
  what: string,
  store: { prune(): Promise<void> },
  { clock, log, redis, later }: Frame,
): Promise<void> {
  const prune = (): Promise<void> =>
    store.prune().catch((fault: unknown) => log.error(`${what} not pruned`, { fault: messageOf(fault) }));
  const timer = clock.every(pruneEveryMs, () => void prune());
  later(() => timer.cancel());
  if (redis) return void prune();
  await prune();
  later(prune);
}
