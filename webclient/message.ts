import type {
  AttachmentInfo,
  Conversation,
  ConversationInfo,
  FoundMessageInfo,
  FoundPlaceInfo,
  GroupInfo,
  MessageInfo,
} from "../gateway/protocol/message-values.ts";
import type { Peer } from "./peer.ts";

export type { Conversation };
export type Group = Readonly<GroupInfo>;

/** A file of a message; `messages.link` gives its content. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  /** Media type by its content, such as `image/png`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** One message. Another state or text makes it another object of the same `id`. */
export interface Message {
  /** Made by its sender. */
  readonly id: string;
  /** Whom it was exchanged with: the other user, or the group. */
  readonly of: Conversation;
  /** Its place in the conversation, from 1, rising. */
  readonly number: number;
  readonly from: Peer;
  readonly at: Date;
  /** Absent when it was deleted; empty when it is files alone. */
  readonly text?: string;
  readonly attachments?: readonly Attachment[];
  readonly editedAt?: Date;
  /** Of an own message: how far it has come with everybody else. Of another one: `delivered`. */
  readonly state: "sent" | "delivered" | "read";
}

/** All messages up to the one of that id have come that far with `by`. */
export interface Receipt {
  readonly id: string;
  readonly of: Conversation;
  readonly number: number;
  readonly state: "delivered" | "read" | "failed";
  readonly by: Peer;
}

/** What was said with one user or in one group. */
export interface ConversationView {
  readonly of: Conversation;
  /** Of two: who the other one is. */
  readonly peer?: Peer;
  readonly group?: Group;
  /** Newest message. */
  readonly last?: Message;
  readonly unread: number;
}

/** A piece of a conversation, newest first. */
export interface MessagePage {
  /** The last message seen: older ones are wanted. */
  readonly before?: Pick<Message, "number">;
  /** 1 to 100, default 50. */
  readonly limit?: number;
  /** Only messages that hold this text, whatever its case. */
  readonly search?: string;
}

/** A message that was found, in one line. */
export interface FoundMessage {
  readonly id: string;
  readonly of: Conversation;
  readonly number: number;
  readonly from: Peer;
  readonly at: Date;
  /** The text around what was found, cut at words. */
  readonly excerpt: string;
  /** Where in it that stands, and how long it is; 0 and 0 where that cannot be said. */
  readonly match: { readonly start: number; readonly length: number };
}

/** What a search has found, newest first. */
export interface FoundMessages {
  readonly found: readonly FoundMessage[];
  /** There may be older ones: `search` finds them with this as `before`. */
  readonly next?: FoundPlace;
}

export type FoundPlace = Readonly<FoundPlaceInfo>;

export interface SearchPage {
  readonly before?: FoundPlace;
  /** 1 to 100, default 30. */
  readonly limit?: number;
}

export const foundOf = ({ messageId, at, from, ...info }: FoundMessageInfo): FoundMessage =>
  Object.freeze({ ...info, id: messageId, from: Object.freeze(from), at: new Date(at) });

/** What a conversation is compared by. */
export const conversationKey = (of: Conversation): string => ("group" in of ? `group:${of.group}` : `user:${of.user}`);

export function messageOf(info: MessageInfo): Message {
  const { messageId, text, attachments, at, deleted, editedAt, from, state, of, number } = info;
  return Object.freeze({
    id: messageId,
    of,
    number,
    from: Object.freeze(from),
    at: new Date(at),
    ...(!deleted && { text }),
    ...(attachments && { attachments: Object.freeze(attachments.map(attachmentOf)) }),
    ...(editedAt !== undefined && { editedAt: new Date(editedAt) }),
    state: state ?? "delivered",
  });
}

const attachmentOf = ({ fileId: id, name, type, size }: AttachmentInfo): Attachment =>
  Object.freeze({ id, name, type, size });

export function conversationOf({ of, peer, group, last, unread }: ConversationInfo): ConversationView {
  return Object.freeze({
    of,
    ...(peer && { peer: Object.freeze(peer) }),
    ...(group && { group: Object.freeze(group) }),
    ...(last && { last: messageOf(last) }),
    unread,
  });
}
