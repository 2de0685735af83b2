import { Type } from "@sinclair/typebox";
import {
  Conversation,
  FileId,
  GroupId,
  GroupName,
  GroupRole,
  MessageId,
  MessageText,
  Recipient,
} from "./message-values.ts";
import { request } from "./request.ts";
import { Address, Text } from "./values.ts";
import { limits } from "./version.ts";

/**
 * Answered by `message.accepted` once the message is kept, or by `message.pending` while it cannot be. The same
 * `messageId` again is the same message: answered with it, and delivered once. Text, attachments, or both; these were
 * offered for the same conversation, and are whole.
 */
export const MessageSend = request("message.send", {
  to: Recipient,
  text: Type.Optional(MessageText),
  messageId: MessageId,
  attachments: Type.Optional(Type.Array(FileId, { minItems: 1, maxItems: limits.attachments })),
});

/**
 * A file that is to be sent to `to`. Answered by `file.offered`, with the path that takes its content (tus 1.0.0: `PATCH`
 * with `Upload-Offset`, in parts of at most `limits.part` bytes; `HEAD` says how far it has come).
 */
export const FileOffer = request("file.offer", {
  to: Recipient,
  name: Type.String({ minLength: 1, maxLength: limits.address }),
  size: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});

/** Where the content of an attachment can be fetched for a while. Answered by `file.linked`. */
export const FileLink = request("file.link", { of: Conversation, fileId: FileId });

/** Another text for a message of one's own. */
export const MessageEdit = request("message.edit", { of: Conversation, messageId: MessageId, text: MessageText });

/** Takes a message of one's own back: its text is gone for everybody. */
export const MessageDelete = request("message.delete", { of: Conversation, messageId: MessageId });

/** Everything up to `number` has come here, or was read. */
export const MessageMark = request("message.mark", {
  of: Conversation,
  number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  state: Type.Union([Type.Literal("delivered"), Type.Literal("read")]),
});

/** Somebody types: shown for a few seconds. */
export const MessageTyping = request("message.typing", { to: Conversation });

/** Newest first; `before` is the number of the last one seen, `search` a piece of text. Answered by `messages`. */
export const MessageList = request("message.list", {
  of: Conversation,
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  search: Type.Optional(Type.Intersect([Type.String({ minLength: 1 }), Text(limits.word)])),
});

/** A message among all of the user's, as `message.found` names it. */
const FoundPlace = Type.Object({
  of: Conversation,
  number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  at: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

/**
 * Looks for a piece of text, whatever its case, in all conversations of the user. Newest first; `before` is the `next` of
 * the answer before. Answered by `message.found`.
 */
export const MessageSearch = request("message.search", {
  text: Type.Intersect([Type.String({ minLength: 1 }), Text(limits.word)]),
  before: Type.Optional(FoundPlace),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});

const Users = Type.Array(Address, { maxItems: limits.members - 1 });

/** The asker is its owner, `users` are invited. Answered by `group.created`. */
export const GroupCreate = request("group.create", { name: GroupName, users: Users });

/** Owners invite. */
export const GroupInvite = request("group.invite", { groupId: GroupId, users: Users });

/** The answer to an invitation. */
export const GroupAnswer = request("group.answer", { groupId: GroupId, accept: Type.Boolean() });

/** The last owner's leaving makes the oldest member the owner; the last member's deletes the group. */
export const GroupLeave = request("group.leave", { groupId: GroupId });

/** Owners take members out, and invitations back. */
export const GroupRemove = request("group.remove", { groupId: GroupId, user: Address });

/** Owners make owners, and members of them again. */
export const GroupPromote = request("group.promote", { groupId: GroupId, user: Address, role: GroupRole });

/** Any JSON of at most `limits.value` bytes, to all open pages; not kept. */
export const DataSend = request("data.send", { to: Conversation, value: Type.Unknown() });

export const all = [
  MessageSend,
  FileOffer,
  FileLink,
  MessageEdit,
  MessageDelete,
  MessageMark,
  MessageTyping,
  MessageList,
  MessageSearch,
  GroupCreate,
  GroupInvite,
  GroupAnswer,
  GroupLeave,
  GroupRemove,
  GroupPromote,
  DataSend,
] as const;
