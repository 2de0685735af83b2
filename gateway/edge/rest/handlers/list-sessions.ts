import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";

export const listSessions: RestHandler<"listSessions"> = async (ports, key, { query }) => {
  const user = query.user === undefined ? undefined : ownUser(key, query.user);
  const sessions = (await ports.sessions(key.domain)).filter((one) => user === undefined || one.user === user);
  return { sessions };
};
