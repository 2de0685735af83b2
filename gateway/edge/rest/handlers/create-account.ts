import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { RestProblem } from "../rest-problem.ts";

export const createAccount: RestHandler<"createAccount"> = async ({ accounts }, key, { body }) => {
  const made = await accounts.create({ ...body, user: ownUser(key, body.user) });
  if (!made) throw new RestProblem("conflict", "There is an account of that name, or no room for another.");
  return made;
};
