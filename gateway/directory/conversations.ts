import type { UserId } from "./user-id.ts";

/** `domain/direct/name/name` or `domain/group/id`: domain first, so that tenants never share one. */
export type ConversationKey = string;

/** A file that was sent with a message; its content lies with `Files`. */
export interface KeptFile {
  readonly fileId: string;
  readonly name: string;
  /** Media type by its content. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** A message as it is kept. */
export interface KeptMessage {
  /** Its place in the conversation, from 1, rising; never given twice. */
  readonly number: number;
  /** Given by who sent it: the same sender and id is the same message. */
  readonly messageId: string;
  /** `name@domain`. */
  readonly from: string;
  /** The sender's display name then. */
  readonly name?: string;
  /** When it was kept: milliseconds since the epoch. */
  readonly at: number;
  /** Empty when it was deleted, or was files alone. */
  readonly text: string;
  /** What was sent with it; none when it was deleted. */
  readonly files?: readonly KeptFile[];
  readonly editedAt?: number;
  readonly deleted?: true;
}

export type NewMessage = Omit<KeptMessage, "number" | "editedAt" | "deleted">;

/** How far messages have come with somebody: every one up to that number. */
export type Mark = "delivered" | "read";

export interface Member {
  /** `name@domain`. */
  readonly user: string;
  readonly role: "owner" | "member";
  /** Asked to join, has not answered: sees no message. */
  readonly invited?: true;
}

export interface MarkedMember extends Member {
  readonly delivered: number;
  readonly read: number;
}

/** Who is in it. A conversation of two has no name. */
export interface Membership<M extends Member = Member> {
  readonly name?: string;
  readonly members: readonly M[];
}

/** A conversation as one of its members finds it. */
export interface Summary extends Membership<MarkedMember> {
  readonly key: ConversationKey;
  /** Newest message that is kept. */
  readonly last?: KeptMessage;
  /** Messages of others beyond the member's `read`, without deleted ones. */
  readonly unread: number;
}

/** What a mark has passed. */
export interface Moved {
  /** Where it stands now. */
  readonly number: number;
  /** The newest message of each other member that it passed. */
  readonly passed: readonly KeptMessage[];
  /** As in `Summary`. */
  readonly unread: number;
}

export interface ListOptions {
  /** Only messages with a lower number. */
  readonly before?: number;
  readonly limit: number;
  /** Only messages that hold this text, whatever its case. */
  readonly search?: string;
}

export interface ConversationLimits {
  /** Messages kept in one conversation; beyond it the oldest goes. */
  readonly messages: number;
  /** Milliseconds; older ones are not shown, and gone with the next `prune`. */
  readonly age: number;
}

/**
 * Conversations, their members and messages. A method that changes something resolves when it is kept, and rejects when
 * it is not; changes of one conversation happen one after another.
 */
export interface Conversations {
  /**
   * Adds a message. `fresh` is false when that sender has used the id before: the message is then the first one.
   * `members`: who is in a conversation that does not exist yet.
   */
  add(
    key: ConversationKey,
    message: NewMessage,
    members: readonly string[],
  ): Promise<{ readonly message: KeptMessage; readonly fresh: boolean }>;
  /** Another text, or without one none: deleted. Undefined when `from` has sent no such message, or it is deleted. */
  edit(
    key: ConversationKey,
    from: string,
    messageId: string,
    text: string | undefined,
    at: number,
  ): Promise<KeptMessage | undefined>;
  /** Newest first; `more` when there are older ones. */
  list(
    key: ConversationKey,
    options: ListOptions,
  ): Promise<{ readonly messages: readonly KeptMessage[]; readonly more: boolean }>;
  /** What others have sent beyond the member's `delivered`: oldest first, at most `limit`. */
  waiting(key: ConversationKey, user: string, limit: number): Promise<readonly KeptMessage[]>;
  /** Moves a mark forward, at most to the newest message; `read` takes `delivered` along. Undefined: nothing moved. */
  mark(key: ConversationKey, user: string, mark: Mark, number: number): Promise<Moved | undefined>;
  members(key: ConversationKey): Promise<Membership<MarkedMember> | undefined>;
  /**
   * Sets name and members in one step; `undefined` from `change` leaves all as it is, and no members delete the
   * conversation with its messages. Who comes in finds nothing unread.
   */
  settle(
    key: ConversationKey,
    change: (now: Membership<MarkedMember> | undefined) => Membership | undefined,
  ): Promise<Membership<MarkedMember> | undefined>;
  /** The user's conversations, the one with the newest message first; those it is invited to too. */
  of(user: UserId, limit: number): Promise<readonly Summary[]>;
  /** Deletes for good what that user has sent there; how many messages. */
  forget(key: ConversationKey, user: string): Promise<number>;
  /** Deletes for good what is too old, and what was edited or deleted. */
  prune(): Promise<void>;
}

/** The message with another text, or with null as a deleted one, without its files. */
export function edited<M extends Omit<KeptMessage, "number">>(message: M, text: string | null, at: number): M {
  if (text !== null) return { ...message, text, editedAt: at };
  const { files: _files, ...rest } = message;
  return { ...rest, text: "", deleted: true } as unknown as M;
}

export const directKey = (domain: string, a: string, b: string): ConversationKey =>
  `${domain}/direct/${[a, b].sort().join("/")}`;

export const groupKey = (domain: string, id: string): ConversationKey => `${domain}/group/${id}`;
