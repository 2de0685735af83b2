import { randomInt } from "node:crypto";
import { Access } from "../messaging/access.ts";
import type { Carrier } from "../messaging/carrier.ts";
import { Data } from "../messaging/data.ts";
import { Groups } from "../messaging/groups.ts";
import { Messages } from "../messaging/messages.ts";
import type { KeptNote } from "../messaging/parts.ts";
import { Whiteboards } from "../messaging/whiteboards.ts";
import type { Pushes } from "../push/pushes.ts";
import type { Messaging } from "../session/context.ts";
import type { Sessions } from "../session/sessions.ts";
import { buildAttachments } from "./attachments.ts";
import type { Frame } from "./frame.ts";
import { announcer } from "./push.ts";
import type { OtherNodes } from "./nodes.ts";
import { keepPruned, openBoards, openConversations } from "./stores.ts";

/** Each node takes its seats at whiteboards from a range of its own, by chance. */
const seatRanges = 1_000_000;
const seatsOfNode = 1_000_000;

/** Messages, groups, data and whiteboards. `kept` hears of every message. */
export async function buildMessaging(
  frame: Frame,
  others: OtherNodes,
  sessions: Sessions,
  kept: (note: KeptNote) => void,
  carrier?: Carrier,
  pushes?: Pushes,
): Promise<Messaging> {
  const { accounts, clock, config, log, later } = frame;
  const conversations = await openConversations(frame);
  await keepPruned("messages", conversations, frame);
  const boards = await openBoards(frame);
  await keepPruned("whiteboards", boards, frame);
  const parts = {
    conversations,
    accounts,
    clock,
    log,
    tell: sessions.tell.bind(sessions),
    isHere: sessions.has.bind(sessions),
    kept,
    pending: config.messages.pending,
    ...(carrier && { carrier }),
    ...(pushes && { absent: announcer(pushes, sessions, frame) }),
  };
  const access = new Access(parts);
  const attachments = buildAttachments(frame, access, parts);
  await keepPruned("files", attachments, frame);
  const messages = new Messages({ ...parts, access, attachments });
  later(() => messages.close());
  const firstSeat = frame.redis ? randomInt(seatRanges) * seatsOfNode : 0;
  const whiteboards = new Whiteboards({ ...parts, boards, others, firstSeat });
  return { messages, attachments, groups: new Groups(parts), data: new Data(parts), whiteboards };
}
