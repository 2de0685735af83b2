import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { problemOf } from "../rest-problem.ts";

export const sendMessage: RestHandler<"sendMessage"> = async (ports, key, { body: { from, ...message } }) => {
  const answer = await ports.run(ownUser(key, from), "message.send", message);
  if (answer.type === "refused") throw problemOf(answer);
  // It waits in memory: whoever asks again with the same id learns when it is kept.
  if (answer.type === "message.pending")
    throw problemOf({ type: "refused", code: "overload", text: "It cannot be kept just now.", retryAfterMs: 1_000 });
  if (answer.type !== "message.accepted") throw new TypeError(`message.send was answered by ${answer.type}`);
  return answer.message;
};
