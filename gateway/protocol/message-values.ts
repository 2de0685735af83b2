import { Type, type Static } from "@sinclair/typebox";
import type { PeerInfo } from "./values.ts";
import { Address, Text } from "./values.ts";
import { limits } from "./version.ts";

export const GroupId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" });

/** Letters, digits, `-` and `_`; whoever sends a message makes it up, such as a UUID. */
export const MessageId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" });

/** Several lines of text; of control characters only tab and line feed. `limits.message` counts its bytes. */
export const MessageText = Type.String({
  minLength: 1,
  maxLength: limits.message,
  pattern: "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$",
});

/** What a message belongs to, as one of its people sees it: the other user, or the group. */
export const Conversation = Type.Union([
  Type.Object({ user: Address }, { description: "name@domain of the other user" }),
  Type.Object({ group: GroupId }, { description: "id of a group" }),
]);
export type Conversation = Static<typeof Conversation>;

/** Where a message goes: `sip` is a softphone's address, and means the user with that account. */
export const Recipient = Type.Union([
  ...Conversation.anyOf,
  Type.Object({ sip: Address }, { description: "SIP URI of a user of this gateway" }),
]);
export type Recipient = Static<typeof Recipient>;

/** A file of a message, as `file.offered` names it. */
export const FileId = Type.String({ minLength: 1, maxLength: 80, pattern: "^[\\w-]+$" });

export const GroupName = Type.Intersect([Type.String({ minLength: 1 }), Text(limits.displayName)]);

export const GroupRole = Type.Union([Type.Literal("owner"), Type.Literal("member")]);
export type GroupRole = Static<typeof GroupRole>;

/** A file that was sent with a message; `file.link` gives its content. */
export interface AttachmentInfo {
  readonly fileId: string;
  readonly name: string;
  /** Media type by its content, such as `image/png`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

export interface MessageInfo {
  readonly of: Conversation;
  readonly messageId: string;
  /** Its place in the conversation, from 1, rising. */
  readonly number: number;
  readonly from: PeerInfo;
  /** When it was accepted: milliseconds since the epoch. */
  readonly at: number;
  /** Empty when it was deleted, or is files alone. */
  readonly text: string;
  readonly attachments?: readonly AttachmentInfo[];
  readonly editedAt?: number;
  readonly deleted?: true;
  /** Of the user's own messages: how far they have come with everybody else. */
  readonly state?: "sent" | "delivered" | "read";
}

/** A message that a search has found, in one line. */
export interface FoundMessageInfo {
  readonly of: Conversation;
  readonly messageId: string;
  readonly number: number;
  readonly from: PeerInfo;
  readonly at: number;
  /** The text around what was found, cut at words. */
  readonly excerpt: string;
  /** Where in it that stands, and how long it is, in UTF-16 units; 0 and 0 where that cannot be said. */
  readonly match: { readonly start: number; readonly length: number };
}

/** Where a search goes on. */
export interface FoundPlaceInfo {
  readonly of: Conversation;
  readonly number: number;
  readonly at: number;
}

export interface GroupInfo {
  readonly groupId: string;
  readonly name: string;
  readonly members: readonly GroupMember[];
}

export interface GroupMember {
  /** `name@domain`. */
  readonly user: string;
  readonly name?: string;
  readonly role: GroupRole;
  /** Asked to join, has not answered. */
  readonly invited?: true;
}

export interface ConversationInfo {
  readonly of: Conversation;
  /** Of a conversation of two: who the other one is. */
  readonly peer?: PeerInfo;
  readonly group?: GroupInfo;
  /** Newest message. */
  readonly last?: MessageInfo;
  readonly unread: number;
  /** Number of the last message that the user has read. */
  readonly read: number;
}
