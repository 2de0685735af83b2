import type { BoardInfo } from "../../whiteboard/index.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** How a user is called here, by the own address book first. */
export function memberName(phone: Phone, user: string, name?: string): string {
  if (user === phone.session?.view().user) return words.chats.you;
  return phone.people.of({ user })?.name ?? name ?? user;
}

/** What a board of this user and somebody else is called: both see the same name. */
export function boardName(phone: Phone, other: string): string {
  const { name, user = "" } = phone.session?.view() ?? {};
  return words.boards.with(name ?? user.replace(/@.*/, ""), other);
}

/** Who else is on a board. */
export function othersOn(phone: Phone, { members }: BoardInfo): string {
  const own = phone.session?.view().user;
  const names = members.filter(({ user }) => user !== own).map(({ user, name }) => memberName(phone, user, name));
  return names.length === 0 ? words.boards.alone : names.join(", ");
}
