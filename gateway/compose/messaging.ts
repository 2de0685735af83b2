import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { BoardEntry } from "../directory/board-journal.ts";
import type { ConversationChange } from "../directory/conversation-journal.ts";
import { JournalFiles } from "../directory/file/journal-files.ts";
import { MemoryBoards } from "../directory/memory/memory-boards.ts";
import { MemoryConversations } from "../directory/memory/memory-conversations.ts";
import type { Carrier } from "../messaging/carrier.ts";
import { Data } from "../messaging/data.ts";
import { Groups } from "../messaging/groups.ts";
import { Messages } from "../messaging/messages.ts";
import { Whiteboards } from "../messaging/whiteboards.ts";
import { limits } from "../protocol/version.ts";
import type { Background, BoardElement } from "../protocol/whiteboard-values.ts";
import type { Messaging } from "../session/context.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;
const pruneEveryMs = 3_600_000;

/** Messages, groups, data and whiteboards; what is kept lies in files under the state directory. */
export async function buildMessaging(frame: Frame, sessions: Sessions, carrier?: Carrier): Promise<Messaging> {
  const { accounts, clock, log, later } = frame;
  const conversations = await openConversations(frame);
  const parts = {
    conversations,
    accounts,
    clock,
    log,
    tell: sessions.tell.bind(sessions),
    isHere: sessions.has.bind(sessions),
    ...(carrier && { carrier }),
  };
  const messages = new Messages(parts);
  later(() => messages.close());
  const whiteboards = new Whiteboards({ ...parts, boards: await openBoards(frame) });
  return { messages, groups: new Groups(parts), data: new Data(parts), whiteboards };
}

async function openConversations({ config, clock, log, later }: Frame): Promise<MemoryConversations> {
  const { retention, kept } = config.messages;
  const bounds = { messages: kept, age: retention * dayMs };
  const files = new JournalFiles<ConversationChange>(join(config.stateDir, "conversations"), log);
  const conversations = new MemoryConversations(bounds, () => clock.now(), files);
  await files.load((key, changes) => conversations.restore(key, changes));
  await keepPruned("messages", conversations, { clock, log, later });
  return conversations;
}

async function openBoards({ config, clock, log, later }: Frame): Promise<MemoryBoards<BoardElement, Background>> {
  const { elements, boardBytes: bytes } = limits;
  const files = new JournalFiles<BoardEntry<BoardElement, Background>>(join(config.stateDir, "whiteboards"), log);
  const age = config.whiteboard.retention * dayMs;
  const boards = new MemoryBoards({ elements, bytes, age }, () => clock.now(), files);
  await files.load((key, entries) => boards.restore(key, entries));
  await keepPruned("whiteboards", boards, { clock, log, later });
  return boards;
}

/** Deletes what is too old: now, every hour, and at the end. */
async function keepPruned(
  what: string,
  store: { prune(): Promise<void> },
  { clock, log, later }: Pick<Frame, "clock" | "log" | "later">,
): Promise<void> {
  const prune = (): Promise<void> =>
    store.prune().catch((fault: unknown) => log.error(`${what} not pruned`, { fault: messageOf(fault) }));
  await prune();
  const timer = clock.every(pruneEveryMs, () => void prune());
  later(async () => {
    timer.cancel();
    await prune();
  });
}
