import {
  conversationKey,
  type Conversation,
  type ConversationView,
  type Group,
  type Message,
  type Receipt,
} from "./message.ts";

type All = readonly ConversationView[];

/** What a list of conversations becomes. Pure: each returns a new list, or the same where nothing changes. */

/** The one whose newest message is newest stands first. */
export const sorted = (all: All): All =>
  Object.freeze([...all].sort((a, b) => (b.last?.at.getTime() ?? 0) - (a.last?.at.getTime() ?? 0)));

export const unreadIn = (all: All): number => all.reduce((sum, { unread }) => sum + unread, 0);

/** `own`: the user's own, from this page or another one. What the list has counted already changes nothing. */
export function withMessage(all: All, message: Message, own: boolean): All {
  const known = find(all, message.of);
  if (known?.last && known.last.number >= message.number) return withChanged(all, message);
  const before = known ?? { of: message.of, unread: 0, ...(!own && "user" in message.of && { peer: message.from }) };
  return put(all, { ...before, last: message, unread: before.unread + (own ? 0 : 1) });
}

export function withChanged(all: All, message: Message): All {
  const known = find(all, message.of);
  return known?.last?.number === message.number ? put(all, { ...known, last: message }) : all;
}

export function withReceipt(all: All, { of, number, state }: Receipt): All {
  const known = find(all, of);
  if (!known?.last || known.last.number > number || state === "failed" || "group" in of) return all;
  return put(all, { ...known, last: Object.freeze({ ...known.last, state }) });
}

export function withUnread(all: All, of: Conversation, unread: number): All {
  const known = find(all, of);
  return known && known.unread !== unread ? put(all, { ...known, unread }) : all;
}

export function withGroup(all: All, group: Group): All {
  const of = { group: group.groupId };
  return put(all, { ...(find(all, of) ?? { of, unread: 0 }), group });
}

export const without = (all: All, of: Conversation): All =>
  Object.freeze(all.filter((one) => conversationKey(one.of) !== conversationKey(of)));

export const find = (all: All, of: Conversation): ConversationView | undefined =>
  all.find((one) => conversationKey(one.of) === conversationKey(of));

const put = (all: All, changed: ConversationView): All => sorted([...without(all, changed.of), Object.freeze(changed)]);
