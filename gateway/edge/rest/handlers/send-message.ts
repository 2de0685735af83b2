import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { problemOf } from "../rest-problem.ts";

export const sendMessage: RestHandler<"sendMessage"> = async (ports, key, { body: { from, ...message } }) => {
  const answer = await ports.run(ownUser(key, from), "message.send", message);
  if (answer.type === "refused") throw problemOf(answer);
  if (answer.type !== "message.accepted") throw new TypeError(`message.send was answered by ${answer.type}`);
  return answer.message;
};
