import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";

export const listContacts: RestHandler<"listContacts"> = async (ports, key, { params }) => ({
  contacts: await ports.contacts(ownUser(key, params.user)),
});
