import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { problemOf } from "../rest-problem.ts";

export const putContact: RestHandler<"putContact"> = async (ports, key, { params, body }) => {
  const contact = { ...body, contactId: params.contactId };
  const answer = await ports.run(ownUser(key, params.user), "contact.put", { contact });
  if (answer.type === "refused") throw problemOf(answer);
  return contact;
};
