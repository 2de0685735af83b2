import type { Accounts } from "../directory/accounts.ts";
import type { ConversationKey, Conversations, MarkedMember, Membership } from "../directory/conversations.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { Conversation } from "../protocol/message-values.ts";
import { isDirect } from "./phone-delivery.ts";
import { otherUser, placeOf } from "./place.ts";
import { MessagingRefusal, noSuchGroup, noSuchUser } from "./refusal.ts";

export type Members = Membership<MarkedMember>;

export interface AccessParts {
  readonly conversations: Conversations;
  readonly accounts: Accounts;
  /** Whether the user has an open page. */
  isHere(user: UserId): boolean;
}

/** Who may write and read where. */
export class Access {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /**
   * Where the user may write. `founders`: who is in it when this is its first message.
   * @throws MessagingRefusal `bad-target`
   */
  async writable(
    user: UserId,
    to: Conversation,
  ): Promise<{ readonly key: ConversationKey; readonly founders: readonly string[] }> {
    const key = placeOf(user, to);
    const from = printUserId(user);
    if ("user" in to) return { key, founders: [from, await this.#known(key, otherUser(user, to.user))] };
    await this.members(key, from);
    return { key, founders: [] };
  }

  /** Where the user may read. @throws MessagingRefusal `bad-target` */
  async readable(
    user: UserId,
    of: Conversation,
  ): Promise<{ readonly key: ConversationKey; readonly members: Members }> {
    const key = placeOf(user, of);
    return { key, members: await this.members(key, printUserId(user)) };
  }

  /** The members, `user` among them. @throws MessagingRefusal `bad-target` */
  async members(key: ConversationKey, user: string): Promise<Members> {
    const now = await this.#parts.conversations.members(key);
    const member = now?.members.find((one) => one.user === user);
    if (now && member && !member.invited) return now;
    throw isDirect(key) ? new MessagingRefusal("bad-target", "Nothing was said there yet.") : noSuchGroup();
  }

  /** Who has an account, an open page, or a conversation with the sender. @throws MessagingRefusal `bad-target` */
  async #known(key: ConversationKey, user: UserId): Promise<string> {
    const name = printUserId(user);
    if (this.#parts.isHere(user) || (await this.#parts.accounts.find(user))) return name;
    if (await this.#parts.conversations.members(key)) return name;
    throw noSuchUser(name);
  }
}
