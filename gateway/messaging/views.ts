import type { Accounts } from "../directory/accounts.ts";
import type { ConversationKey, KeptMessage, MarkedMember, Membership, Summary } from "../directory/conversations.ts";
import { parseUserId } from "../directory/user-id.ts";
import type { ConversationInfo, FoundMessageInfo, GroupInfo, MessageInfo } from "../protocol/message-values.ts";
import type { PeerInfo } from "../protocol/values.ts";
import { excerptOf } from "./excerpt.ts";
import { seenFrom } from "./place.ts";

export const peerInfo = (user: string, name: string | undefined): PeerInfo => ({
  target: { user },
  ...(name !== undefined && { name }),
  can: ["call", "chat"],
});

/** A message as `viewer` is shown it. */
export function messageInfo(
  key: ConversationKey,
  { members }: Membership<MarkedMember>,
  message: KeptMessage,
  viewer: string,
): MessageInfo {
  const { messageId, number, from, name, at, text, files, editedAt, deleted } = message;
  return {
    of: seenFrom(viewer, key),
    messageId,
    number,
    from: peerInfo(from, name),
    at,
    text,
    ...(files && { attachments: files }),
    ...(editedAt !== undefined && { editedAt }),
    ...(deleted && { deleted }),
    ...(from === viewer && { state: stateOf(members, message) }),
  };
}

/** A message as `viewer` is shown it who has looked for `text`. */
export function foundInfo(key: ConversationKey, message: KeptMessage, viewer: string, text: string): FoundMessageInfo {
  const { messageId, number, from, name, at } = message;
  return {
    of: seenFrom(viewer, key),
    messageId,
    number,
    from: peerInfo(from, name),
    at,
    ...excerptOf(message.text, text),
  };
}

/** How far it has come with everybody but its sender. */
function stateOf(members: readonly MarkedMember[], { from, number }: KeptMessage): "sent" | "delivered" | "read" {
  const others = members.filter(({ user, invited }) => user !== from && !invited);
  if (others.length === 0) return "sent";
  if (others.every(({ read }) => read >= number)) return "read";
  return others.every(({ delivered }) => delivered >= number) ? "delivered" : "sent";
}

/** Display names come from the accounts. */
export class Views {
  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  async nameOf(user: string): Promise<string | undefined> {
    const id = parseUserId(user);
    return id && (await this.#accounts.find(id))?.name;
  }

  async peer(user: string): Promise<PeerInfo> {
    return peerInfo(user, await this.nameOf(user));
  }

  async group(groupId: string, { name = "", members }: Membership): Promise<GroupInfo> {
    const named = members.map(async ({ user, role, invited }) => {
      const known = await this.nameOf(user);
      return { user, ...(known !== undefined && { name: known }), role, ...(invited && { invited }) };
    });
    return { groupId, name, members: await Promise.all(named) };
  }

  /** To who is only invited the group is shown, and nothing that was said in it. */
  async conversation(viewer: string, summary: Summary): Promise<ConversationInfo> {
    const of = seenFrom(viewer, summary.key);
    const { last, unread, members } = summary;
    const member = members.find(({ user }) => user === viewer);
    const facts = "group" in of ? { group: await this.group(of.group, summary) } : { peer: await this.peer(of.user) };
    if (!member || member.invited) return { of, ...facts, unread: 0, read: 0 };
    return {
      of,
      ...facts,
      ...(last && { last: messageInfo(summary.key, summary, last, viewer) }),
      unread,
      read: member.read,
    };
  }
}
