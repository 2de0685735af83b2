import type { Conversations } from "../directory/conversations.ts";
import { eraseBindings } from "../directory/redis/stored-bindings.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import { withoutMember } from "../messaging/membership.ts";
import type { Frame } from "./frame.ts";
import { openPushSubscriptions } from "./push.ts";
import { openBoards, openConversations, openPeople } from "./stores.ts";

/** How much of each there was. */
export interface Erased {
  /** Between the user and one other: with all that both said. */
  readonly conversations: number;
  readonly groups: number;
  /** That the user sent to groups: what others said there stays. */
  readonly messages: number;
  readonly whiteboards: number;
  readonly contacts: number;
  readonly calls: number;
  /** That would have been woken. */
  readonly browsers: number;
  /** That are registered, as Redis knows it. */
  readonly softphones: number;
}

/** Erases what is kept of a user: in Redis, or in the files of a gateway that does not run. */
export async function eraseUser(
  site: Pick<Frame, "config" | "clock" | "log" | "redis">,
  user: UserId,
): Promise<Erased> {
  const closing: (() => Promise<void> | void)[] = [];
  const { book, history } = openPeople({ ...site, later: (step) => closing.push(step) });
  const { entries } = await history.list(user, { limit: Infinity });
  const contacts = await book.list(user);
  const browsers = openPushSubscriptions({ ...site, later: (step) => closing.push(step) });
  const woken = await browsers.list(user);
  await browsers.erase(user);
  await history.erase(user);
  await book.erase(user);
  const said = await eraseSaid(await openConversations(site), user);
  const whiteboards = await leaveBoards(site, user);
  const softphones = site.redis ? await eraseBindings(site.redis, user) : 0;
  for (const step of closing) await step();
  const counts = { contacts: contacts.length, calls: entries.length, browsers: woken.length, softphones };
  return { ...said, whiteboards, ...counts };
}

async function eraseSaid(
  conversations: Conversations,
  user: UserId,
): Promise<Pick<Erased, "conversations" | "groups" | "messages">> {
  const name = printUserId(user);
  const said = { conversations: 0, groups: 0, messages: 0 };
  for (const { key } of await conversations.of(user, Infinity)) {
    const isGroup = key.split("/")[1] === "group";
    said[isGroup ? "groups" : "conversations"] += 1;
    if (isGroup) said.messages += await conversations.forget(key, name);
    await conversations.settle(
      key,
      (now) => now && { ...now, members: isGroup ? withoutMember(now.members, name) : [] },
    );
  }
  // Files hold what was there before until they are written anew.
  await conversations.prune();
  return said;
}

/** What the user drew stays: a board says of nothing who drew it. */
async function leaveBoards(site: Parameters<typeof openBoards>[0], user: UserId): Promise<number> {
  const boards = await openBoards(site);
  const theirs = await boards.of(user);
  for (const { key } of theirs)
    await boards.settle(key, (now) => now && { ...now, members: withoutMember(now.members, printUserId(user)) });
  await boards.prune();
  return theirs.length;
}
