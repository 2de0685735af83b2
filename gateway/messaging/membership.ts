import type { Accounts } from "../directory/accounts.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { Actor } from "./parts.ts";
import { MessagingRefusal, noSuchUser } from "./refusal.ts";

/** Who belongs to a group or a board. Owners look after it; who is invited has not answered yet. */
export interface Belonging {
  /** `name@domain`. */
  readonly user: string;
  readonly role: string;
  readonly invited?: true;
}

export const isOwner = ({ role, invited }: Belonging): boolean => role === "owner" && !invited;

export const memberOf = <M extends Belonging>(members: readonly M[], user: string): M | undefined =>
  members.find((one) => one.user === user);

/** @throws MessagingRefusal `none` for who is no member, `not-allowed` for who is no owner */
export function asOwner(members: readonly Belonging[], { user }: Actor, none: () => MessagingRefusal): void {
  const member = memberOf(members, printUserId(user));
  if (!member || member.invited) throw none();
  if (!isOwner(member)) throw new MessagingRefusal("not-allowed", "Only an owner may do that.");
}

/** The oldest member takes over from the last owner; where nobody is left but who is invited, nothing is. */
export function withoutMember<M extends Belonging>(members: readonly M[], user: string): readonly M[] {
  const others = members.filter((one) => one.user !== user);
  if (others.some(isOwner)) return others;
  const heir = others.find(({ invited }) => !invited);
  return heir ? others.map((one) => (one === heir ? { ...one, role: "owner" } : one)) : [];
}

/** Who of `users` can be invited by somebody of `domain`, each once. @throws MessagingRefusal `bad-target` */
export async function invitable(
  { accounts, isHere }: { readonly accounts: Accounts; isHere(user: UserId): boolean },
  domain: string,
  users: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    [...new Set(users)].map(async (text) => {
      const id = parseUserId(text);
      const known = id?.domain === domain && (isHere(id) || (await accounts.find(id)));
      if (!id || !known) throw noSuchUser(text);
      return printUserId(id);
    }),
  );
  return [...new Set(found)];
}
