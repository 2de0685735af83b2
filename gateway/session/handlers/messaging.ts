import type { Actor } from "../../messaging/parts.ts";
import { MessagingRefusal } from "../../messaging/refusal.ts";
import type { Conversation, Recipient } from "../../protocol/message-values.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { parseTarget } from "../../sip/target.ts";
import { mayCall } from "../../switchboard/rights.ts";
import type { VerbContext } from "../context.ts";
import type { Pace } from "../rate.ts";
import { keepsNothing, refused } from "./answers.ts";

/**
 * What all verbs of messages, groups and data have in common: who acts, whether that is too often (`rate`), and what
 * cannot be as a refusal.
 */
export async function acting(
  session: VerbContext,
  id: string,
  work: (actor: Actor) => Promise<Answer>,
  rate?: Pace,
  cost?: number,
): Promise<Answer> {
  const { identity } = session;
  if (!identity || session.expired) return refused(id, "token-expired", "The token has expired. Renew it.");
  if (identity.guest) return keepsNothing(id);
  if (rate && !rate.take(cost)) return refused(id, "rate-limited", "That is too much at once.", rate.retryAfterMs);
  const { user, name } = identity;
  try {
    return await work({ user, session: session.id, ...(name !== undefined && { name }) });
  } catch (fault) {
    if (fault instanceof MessagingRefusal) return refused(id, fault.code, fault.message);
    throw fault;
  }
}

/** A softphone's address means the user with that account. @throws MessagingRefusal `bad-target`, `not-allowed` */
export function conversationWith({ identity }: VerbContext, to: Recipient): Conversation {
  if ("group" in to) return to;
  const user = "user" in to ? to.user : userOf(to.sip);
  if (identity && !mayCall(identity.rights, { user }))
    throw new MessagingRefusal("not-allowed", "Your token does not let you reach them.");
  return { user };
}

function userOf(sip: string): string {
  const target = parseTarget(sip);
  if (!target) throw new MessagingRefusal("bad-target", "That is not a SIP address.");
  return `${target.user}@${target.host}`;
}
