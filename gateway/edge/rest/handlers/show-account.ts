import { ownUser } from "../own-user.ts";
import type { RestHandler } from "../ports.ts";
import { notFound } from "../rest-problem.ts";

export const showAccount: RestHandler<"showAccount"> = async ({ accounts }, key, { params }) => {
  const account = await accounts.find(ownUser(key, params.user));
  if (!account) throw notFound("account");
  return account;
};
