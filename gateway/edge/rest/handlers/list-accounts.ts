import type { RestHandler } from "../ports.ts";

const usualLimit = 100;

export const listAccounts: RestHandler<"listAccounts"> = async ({ accounts }, { domain }, { query }) => {
  const { limit = usualLimit, after = "" } = query;
  const all = [...(await accounts.list(domain))].filter(({ user }) => user > after);
  const sorted = all.sort((a, b) => (a.user < b.user ? -1 : 1));
  return { accounts: sorted.slice(0, limit), more: sorted.length > limit };
};
