import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Accounts } from "../directory/accounts.ts";
import type { Conversations } from "../directory/conversations.ts";
import type { UserId } from "../directory/user-id.ts";
import type { Conversation } from "../protocol/message-values.ts";
import type { PeerInfo } from "../protocol/values.ts";
import type { BoardEvent, MessageEvent } from "../protocol/server-frame.ts";
import type { Carrier } from "./carrier.ts";

/** What messages, groups and data are built with. */
export interface MessagingParts {
  readonly conversations: Conversations;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly log: Logger;
  /** To all open pages of a user, but for the session `except`; how many there were. */
  tell(user: UserId, event: MessageEvent | BoardEvent, except?: string): number;
  /** Whether the user has an open page. */
  isHere(user: UserId): boolean;
  /** A new message is kept; its sender may send it again, and this is not called again. */
  kept?(note: KeptNote): void;
  /** A new message is kept for somebody, who may have no open page to see it on. */
  absent?(user: UserId, note: AbsentNote): void;
  /** Messages that wait at most while the store is away; default 1,000. */
  readonly pending?: number;
  /** Softphones; without it messages stay among pages. */
  readonly carrier?: Carrier;
}

/** A message, for whoever follows all of a domain. */
export interface KeptNote {
  readonly domain: string;
  readonly messageId: string;
  /** `name@domain`. */
  readonly from: string;
  readonly to: Conversation;
  readonly number: number;
  readonly text: string;
}

/** A message, for who has no page to see it on. */
export interface AbsentNote {
  readonly of: Conversation;
  readonly number: number;
  readonly from: PeerInfo;
  /** The group's name. */
  readonly group?: string;
  readonly text: string;
  /** How many files came with it. */
  readonly files: number;
}

/** Who acts. */
export interface Actor {
  readonly user: UserId;
  readonly name?: string;
  /** The session that knows already what it has done. */
  readonly session?: string;
}
