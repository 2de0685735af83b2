import type { UserId } from "../../directory/user-id.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { PushRefusal, type Pushes } from "../../push/pushes.ts";
import type { SessionContext } from "../context.ts";
import { keepsNothing, refused } from "./answers.ts";

/** What the verbs of Web Push have in common: who may be woken, and whether anybody can. */
export async function pushing(
  { identity, expired, parts }: SessionContext,
  id: string,
  work: (pushes: Pushes, user: UserId) => Promise<Answer>,
): Promise<Answer> {
  if (!identity || expired) return refused(id, "token-expired", "The token has expired. Renew it.");
  if (identity.guest) return keepsNothing(id);
  if (!parts.pushes) return refused(id, "unsupported", "This gateway wakes no browsers.");
  try {
    return await work(parts.pushes, identity.user);
  } catch (fault) {
    if (fault instanceof PushRefusal) return refused(id, "bad-target", fault.message);
    throw fault;
  }
}
