import { AddressBookError } from "../../directory/address-book.ts";
import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { keepsNothing, ok, refused } from "./answers.ts";

export async function contactPut(
  { identity, parts: { people } }: VerbContext,
  { id, contact }: ClientFrameOf<"contact.put">,
): Promise<Answer> {
  if (!identity || identity.guest) return keepsNothing(id);
  try {
    const contacts = await people.book.put(identity.user, contact);
    people.tell(identity.user, { type: "contacts.saved", contacts });
    return ok(id);
  } catch (fault) {
    if (fault instanceof AddressBookError) return refused(id, "not-allowed", "The address book is full.");
    throw fault;
  }
}
