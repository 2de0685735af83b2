import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { notFound, problemOf } from "../rest-problem.ts";

export const removeContact: RestHandler<"removeContact"> = async (ports, key, { params: { user, contactId } }) => {
  const owner = ownUser(key, user);
  const known = await ports.contacts(owner);
  if (!known.some((contact) => contact.contactId === contactId)) throw notFound("contact");
  const answer = await ports.run(owner, "contact.remove", { contactId });
  if (answer.type === "refused") throw problemOf(answer);
};
