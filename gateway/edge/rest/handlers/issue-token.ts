import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";

export const issueToken: RestHandler<"issueToken"> = (ports, key, { body }) =>
  ports.token({ ...body, user: ownUser(key, body.user) });
