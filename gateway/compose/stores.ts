import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { BoardEntry } from "../directory/board-journal.ts";
import type { ConversationChange } from "../directory/conversation-journal.ts";
import type { Conversations } from "../directory/conversations.ts";
import { JournalFiles } from "../directory/file/journal-files.ts";
import { MemoryBoards } from "../directory/memory/memory-boards.ts";
import { MemoryConversations } from "../directory/memory/memory-conversations.ts";
import { RedisConversations } from "../directory/redis/redis-conversations.ts";
import { limits } from "../protocol/version.ts";
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

export async function openBoards({ config, clock, log }: Site): Promise<MemoryBoards<BoardElement, Background>> {
  const { elements, boardBytes: bytes } = limits;
  const files = new JournalFiles<BoardEntry<BoardElement, Background>>(join(config.stateDir, "whiteboards"), log);
  const age = config.whiteboard.retention * dayMs;
  const boards = new MemoryBoards({ elements, bytes, age }, () => clock.now(), files);
  await files.load((key, entries) => boards.restore(key, entries));
  return boards;
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
