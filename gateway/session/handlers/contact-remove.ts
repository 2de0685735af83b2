import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { keepsNothing, ok } from "./answers.ts";

export async function contactRemove(
  { identity, parts: { people } }: VerbContext,
  { id, contactId }: ClientFrameOf<"contact.remove">,
): Promise<Answer> {
  if (!identity || identity.guest) return keepsNothing(id);
  const contacts = await people.book.remove(identity.user, contactId);
  people.tell(identity.user, { type: "contacts.saved", contacts });
  return ok(id);
}
