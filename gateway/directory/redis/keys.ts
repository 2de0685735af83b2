import type { BoardKey } from "../boards.ts";
import type { ConversationKey } from "../conversations.ts";
import { userKey, type UserId } from "../user-id.ts";

/**
 * Every key that is used in Redis. What stands in braces decides the part of a Cluster (its hash tag): all keys of one
 * conversation lie together, and all keys of one user, so that one script changes them in one step.
 */
const root = "offhook";

export interface ConversationKeys {
  /** Hash: schema, version and members, last number and first kept one, `delivered:USER` and `read:USER`. */
  readonly facts: string;
  /** Hash: number to message. */
  readonly messages: string;
  /** Hash: number to what counting needs of the message. */
  readonly heads: string;
  /** Hash: sender and message id to number. */
  readonly ids: string;
}

export function conversationKeys(key: ConversationKey): ConversationKeys {
  const of = (part: string): string => `${root}:conversation:{${key}}:${part}`;
  return { facts: of("facts"), messages: of("messages"), heads: of("heads"), ids: of("ids") };
}

/** All `facts`, for SCAN. */
export const everyConversation = `${root}:conversation:*:facts`;

/** The reverse of `conversationKeys`. */
export const conversationOfKey = (facts: string): ConversationKey => /\{(.*)\}/.exec(facts)?.[1] ?? "";

const ofUser = (user: UserId, part: string): string => `${root}:user:{${userKey(user)}}:${part}`;

/** Hash: conversation to the version of its members that put it there. */
export const conversationsOfUser = (user: UserId): string => ofUser(user, "conversations");

/** One value of a kind, such as `contacts`. */
export const valueOfUser = (user: UserId, kind: string): string => ofUser(user, `value:${kind}`);

/** Hash: contact to binding. It goes when the last binding has expired. */
export const bindingsOfUser = (user: UserId): string => ofUser(user, "bindings");

/** Sorted set: names of users with softphones, by when their last binding expires (milliseconds since the epoch). */
export const phonesOfDomain = (domain: string): string => `${root}:domain:{${domain}}:phones`;

/** Hash: name to account, of those that were added. */
export const accountsOfDomain = (domain: string): string => `${root}:domain:{${domain}}:accounts`;

/** Set: keys of boards that the user is or was of; who is says the board. */
export const boardsOfUser = (user: UserId): string => ofUser(user, "boards");

export interface BoardKeys {
  /** Hash: epoch (the log was begun anew), when it changed last, name and members. */
  readonly head: string;
  /** List: its entries, oldest first. */
  readonly log: string;
}

export function boardKeys(key: BoardKey): BoardKeys {
  const of = (part: string): string => `${root}:board:{${key}}:${part}`;
  return { head: of("head"), log: of("log") };
}

/** All `head`, for SCAN. */
export const everyBoard = `${root}:board:*:head`;

/** The reverse of `boardKeys`. */
export const boardOfKey = (head: string): BoardKey => /\{(.*)\}/.exec(head)?.[1] ?? "";

/** Where the bus publishes a topic. */
export const channelOf = (topic: string): string => `${root}:bus:${topic}`;

/** The reverse. */
export const topicOfChannel = (channel: string): string => channel.slice(channelOf("").length);

/** Hash: node, user and state of a session. */
export const sessionKey = (id: string): string => `${root}:session:{${id}}`;

/** The key pair by which push services know all nodes. */
export const pushKeysKey = `${root}:push:keys`;
