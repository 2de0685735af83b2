import { uuid } from "../base/ids.ts";
import { groupKey, type MarkedMember, type Member, type Membership } from "../directory/conversations.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { GroupInfo, GroupRole } from "../protocol/message-values.ts";
import type { MessageEvent } from "../protocol/server-frame.ts";
import { limits } from "../protocol/version.ts";
import { asOwner, invitable, isOwner, memberOf, withoutMember } from "./membership.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { MessagingRefusal, noSuchGroup, noSuchUser } from "./refusal.ts";
import { Views } from "./views.ts";

/** Groups that one user may be in. */
const groupsOfUser = 200;

type Now = Membership<MarkedMember>;

/**
 * Who is in a group. Owners invite, take out and make owners; everybody answers an invitation and leaves for
 * themselves. Each change is told to all members and to who is invited.
 */
export class Groups {
  readonly #parts: MessagingParts;
  readonly #views: Views;

  constructor(parts: MessagingParts) {
    this.#parts = parts;
    this.#views = new Views(parts.accounts);
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` */
  async create(actor: Actor, name: string, users: readonly string[]): Promise<GroupInfo> {
    const mine = await this.#parts.conversations.of(actor.user, groupsOfUser);
    if (mine.filter((one) => one.name !== undefined).length >= groupsOfUser)
      throw new MessagingRefusal("not-allowed", "You are in too many groups.");
    const owner = printUserId(actor.user);
    const guests = await this.#invitations(actor.user, users);
    const groupId = uuid();
    const members: Member[] = [{ user: owner, role: "owner" }, ...guests.filter(({ user }) => user !== owner)];
    const group = await this.#settle(actor, groupId, () => ({ name, members }));
    if (!group) throw noSuchGroup();
    return group;
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` */
  async invite(actor: Actor, groupId: string, users: readonly string[]): Promise<void> {
    const guests = await this.#invitations(actor.user, users);
    await this.#settle(actor, groupId, (now) => {
      asOwner(now.members, actor, noSuchGroup);
      const fresh = guests.filter(({ user }) => !now.members.some((member) => member.user === user));
      if (now.members.length + fresh.length > limits.members)
        throw new MessagingRefusal("not-allowed", `A group has at most ${limits.members} members.`);
      return { ...now, members: [...now.members, ...fresh] };
    });
  }

  /** @throws MessagingRefusal `bad-target` when there is no such invitation */
  async answer(actor: Actor, groupId: string, accept: boolean): Promise<void> {
    const user = printUserId(actor.user);
    await this.#settle(actor, groupId, (now) => {
      if (!memberOf(now.members, user)?.invited) throw noSuchGroup();
      if (!accept) return without(now, user);
      const members = now.members.map((one) => (one.user === user ? ({ user, role: one.role } as const) : one));
      return { ...now, members };
    });
  }

  /** @throws MessagingRefusal `bad-target` */
  async leave(actor: Actor, groupId: string): Promise<void> {
    await this.#settle(actor, groupId, (now) => without(now, printUserId(actor.user)));
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` */
  async remove(actor: Actor, groupId: string, user: string): Promise<void> {
    await this.#settle(actor, groupId, (now) => {
      asOwner(now.members, actor, noSuchGroup);
      if (!memberOf(now.members, user)) throw noSuchUser(user);
      return without(now, user);
    });
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed`; `wrong-state` when no owner would be left */
  async promote(actor: Actor, groupId: string, user: string, role: GroupRole): Promise<void> {
    await this.#settle(actor, groupId, (now) => {
      asOwner(now.members, actor, noSuchGroup);
      if (!memberOf(now.members, user)) throw noSuchUser(user);
      const members = now.members.map((one) => (one.user === user ? { ...one, role } : one));
      if (!members.some(isOwner)) throw new MessagingRefusal("wrong-state", "A group keeps at least one owner.");
      return { ...now, members };
    });
  }

  /** One change of a group, which has no members when there is none; then everybody is told. */
  async #settle({ user }: Actor, groupId: string, change: (now: Now) => Membership): Promise<GroupInfo | undefined> {
    let before: readonly Member[] = [];
    const now = await this.#parts.conversations.settle(groupKey(user.domain, groupId), (known) => {
      before = known?.members ?? [];
      return change(known ?? { members: [] });
    });
    const group = now && (await this.#views.group(groupId, now));
    const members = now?.members ?? [];
    if (group) for (const member of members) this.#tell(member.user, { type: "group.changed", group });
    for (const member of before)
      if (!members.some((one) => one.user === member.user)) this.#tell(member.user, { type: "group.left", groupId });
    return group;
  }

  async #invitations({ domain }: UserId, users: readonly string[]): Promise<Member[]> {
    const found = await invitable(this.#parts, domain, users);
    return found.map((user) => ({ user, role: "member", invited: true }));
  }

  #tell(user: string, event: MessageEvent): void {
    const id = parseUserId(user);
    if (id) this.#parts.tell(id, event);
  }
}

/** The group that is left without `user`: its members, none when nobody is left. @throws MessagingRefusal `bad-target` */
function without(now: Now, user: string): Membership {
  if (!memberOf(now.members, user)) throw noSuchGroup();
  return { ...now, members: withoutMember<Member>(now.members, user) };
}
