import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { notFound, RestProblem } from "../rest-problem.ts";

export const removeAccount: RestHandler<"removeAccount"> = async ({ accounts }, key, { params }) => {
  const user = ownUser(key, params.user);
  if (!(await accounts.find(user))) throw notFound("account");
  if (!(await accounts.remove(user)))
    throw new RestProblem("conflict", "The account stands in the configuration file: take it out there.");
};
