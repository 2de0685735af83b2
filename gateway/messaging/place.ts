import { directKey, groupKey, type ConversationKey } from "../directory/conversations.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { Conversation } from "../protocol/message-values.ts";
import { MessagingRefusal, noSuchUser } from "./refusal.ts";

/** Where a conversation is kept, as one of its people names it. @throws MessagingRefusal `bad-target` */
export function placeOf(user: UserId, of: Conversation): ConversationKey {
  if ("group" in of) return groupKey(user.domain, of.group);
  return directKey(user.domain, user.name, otherUser(user, of.user).name);
}

/** Another user of the same domain; there are no others. @throws MessagingRefusal `bad-target` */
export function otherUser(user: UserId, text: string): UserId {
  const other = parseUserId(text);
  if (!other || other.domain !== user.domain) throw noSuchUser(text);
  if (other.name === user.name) throw new MessagingRefusal("bad-target", "That is you.");
  return other;
}

/** The reverse: how `user`, one of its people, names it. */
export function seenFrom(user: string, key: ConversationKey): Conversation {
  const [domain = "", kind, a = "", b = ""] = key.split("/");
  if (kind === "group") return { group: a };
  const first = printUserId({ domain, name: a });
  return { user: first === user ? printUserId({ domain, name: b }) : first };
}
