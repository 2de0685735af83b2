import type { Conversation, ConversationView, Target } from "../../index.ts";
import { conversationKey } from "../../message.ts";
import type { Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { naming } from "../call/call-name.ts";
import { words } from "../words/words.ts";

/** `user:bob@example.org`, `bob@example.org` or `group:…` of the address bar; undefined for what is none. */
export function readConversation(place: string): Conversation | undefined {
  const item = withoutNumber(place);
  if (/^[^\s:@]+@[^\s:@]+$/.test(item)) return { user: item };
  if (item.startsWith("group:")) return { group: item.slice("group:".length) };
  return item.startsWith("user:") ? { user: item.slice("user:".length) } : undefined;
}

export const chatItem = conversationKey;

/** The conversation, opened at the message of that number; neither a domain nor a group's id holds a `~`. */
export const chatItemAt = (of: Conversation, number: number): string => `${chatItem(of)}~${number}`;

const numbered = /~(\d{1,15})$/;

/** The reverse; undefined: at its end. */
export function numberIn(item: string): number | undefined {
  const [, number] = numbered.exec(item) ?? [];
  return number === undefined ? undefined : Number(number);
}

export const withoutNumber = (item: string): string => item.replace(numbered, "");

/** The address of a person that messages can go to: that of a user. */
export const writable = ({ lines }: Person): (Target & { user: string }) | undefined =>
  lines.map(({ target }) => target).find((target): target is { user: string } => "user" in target);

export const viewOf = (phone: Phone, of: Conversation): ConversationView | undefined =>
  phone.session?.messages.view().conversations.find((one) => conversationKey(one.of) === conversationKey(of));

/** By the own book, else as they call themselves. */
export function chatName(phone: Phone, of: Conversation, view = viewOf(phone, of)): string {
  if ("group" in of) return view?.group?.name ?? words.chats.group;
  return naming(phone, view?.peer ?? { target: of }).name;
}

export const isInvitation = (phone: Phone, view: ConversationView | undefined): boolean =>
  view?.group?.members.some(({ user, invited }) => invited && user === phone.session?.view().user) ?? false;
