import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { ConversationChange } from "../directory/conversation-journal.ts";
import { JournalFiles } from "../directory/file/journal-files.ts";
import { MemoryConversations } from "../directory/memory/memory-conversations.ts";
import type { Carrier } from "../messaging/carrier.ts";
import { Data } from "../messaging/data.ts";
import { Groups } from "../messaging/groups.ts";
import { Messages } from "../messaging/messages.ts";
import type { Messaging } from "../session/context.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Frame } from "./frame.ts";

const dayMs = 86_400_000;
const pruneEveryMs = 3_600_000;

/** Messages, groups and data; conversations lie in files under the state directory. */
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
  return { messages, groups: new Groups(parts), data: new Data(parts) };
}

async function openConversations({ config, clock, log, later }: Frame): Promise<MemoryConversations> {
  const { retention, kept } = config.messages;
  const limits = { messages: kept, age: retention * dayMs };
  const files = new JournalFiles<ConversationChange>(join(config.stateDir, "conversations"), log);
  const conversations = new MemoryConversations(limits, () => clock.now(), files);
  await files.load((key, changes) => conversations.restore(key, changes));
  const prune = (): Promise<void> =>
    conversations.prune().catch((fault: unknown) => log.error("messages not pruned", { fault: messageOf(fault) }));
  await prune();
  const timer = clock.every(pruneEveryMs, () => void prune());
  later(async () => {
    timer.cancel();
    await prune();
  });
  return conversations;
}
