import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { problemOf } from "../rest-problem.ts";

export const createGroup: RestHandler<"createGroup"> = async (ports, key, { body: { owner, ...group } }) => {
  const answer = await ports.run(ownUser(key, owner), "group.create", group);
  if (answer.type === "refused") throw problemOf(answer);
  if (answer.type !== "group.created") throw new TypeError(`group.create was answered by ${answer.type}`);
  return answer.group;
};
