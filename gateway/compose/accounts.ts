import { isRecord, parseJson } from "../base/json.ts";
import { randomToken } from "../base/ids.ts";
import { ConfigError, type Config } from "../config.ts";
import type { Logger } from "../base/log.ts";
import type { Account, Accounts } from "../directory/accounts.ts";
import type { Bus } from "../directory/bus.ts";
import { AccountFile } from "../directory/file/account-file.ts";
import { MemoryAccounts } from "../directory/memory/memory-accounts.ts";
import type { RedisConnection } from "../directory/redis/connection.ts";
import { RedisAccounts } from "../directory/redis/redis-accounts.ts";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import { isPasswordHash } from "../identity/password.ts";
import { ha1Of } from "../sip/digest.ts";
import type { StateDir } from "./state-dir.ts";

export interface PreparedAccounts {
  readonly accounts: readonly Account[];
  /** Accounts that we made for trying things out: sign-in names, and softphones with their passwords. */
  readonly made: { readonly pages: readonly MadeAccount[]; readonly phones: readonly MadeAccount[] } | undefined;
}

export interface MadeAccount {
  readonly user: string;
  readonly name: string;
  /** For a softphone. */
  readonly password: string;
}

const passwordsFile = "softphone-passwords";
const people = [
  { name: "Alice", kind: "pages", role: "operator" },
  { name: "Bob", kind: "pages", role: "user" },
  { name: "Carol", kind: "phones", role: "user" },
  { name: "Dave", kind: "phones", role: "user" },
] as const;

/**
 * The accounts of the configuration; without any, four that we make, their random passwords kept in `stateDir`. On the
 * internet nobody exists who was not asked for.
 */
export function prepareAccounts(config: Config, dir: StateDir): PreparedAccounts {
  if (config.accounts.length > 0 || config.http.domain !== undefined)
    return { accounts: config.accounts.map(fromConfig), made: undefined };
  const domain = (config.domains[0] ?? "").toLowerCase();
  const passwords = readPasswords(dir);
  const all = people.map(({ name, kind, role }) => {
    const user = `${name.toLowerCase()}@${domain}`;
    const password = (passwords[user] ??= randomToken(9));
    return { user, name, kind, role, password };
  });
  dir.write(passwordsFile, JSON.stringify(passwords));
  return {
    accounts: all.map(({ user, name, password, role }) => fromConfig({ user, name, role, sipPassword: password })),
    made: { pages: all.filter(({ kind }) => kind === "pages"), phones: all.filter(({ kind }) => kind === "phones") },
  };
}

type Setting = Config["accounts"][number];

/** What we keep of a setting: of passwords nothing but hashes. @throws ConfigError */
function fromConfig(setting: Setting): Account {
  const { user, sip: _sip, sipPassword: _plain, password, ...same } = setting;
  const id = parseUserId(user);
  if (!id) throw new ConfigError("bad-config", `accounts: ${user} is not name@domain`);
  if (password !== undefined && !isPasswordHash(password))
    throw new ConfigError("bad-config", `accounts: the password of ${user} is no hash that npm run account printed`);
  const hashes = sipHashes(id, setting);
  return { id, ...same, ...(password !== undefined && { password }), ...(hashes && { sip: hashes }) };
}

function sipHashes({ name, domain }: UserId, { sip, sipPassword }: Setting) {
  if (sip) return { MD5: sip.md5.toLowerCase(), "SHA-256": sip.sha256.toLowerCase() };
  return sipPassword === undefined ? undefined : ha1Of(name, domain, sipPassword);
}

function readPasswords(dir: StateDir): Record<string, string> {
  const text = dir.read(passwordsFile);
  if (text === undefined) return {};
  const isPasswords = (value: unknown): value is Record<string, string> =>
    isRecord(value) && Object.values(value).every((password) => typeof password === "string");
  return { ...parseJson(text, isPasswords) };
}

export interface AccountSite {
  readonly domains: readonly string[];
  readonly configured: readonly Account[];
  readonly dir: StateDir;
  readonly log: Logger;
  readonly redis: RedisConnection | undefined;
}

/** The accounts of the configuration, and those that were added: in the Redis of all nodes, else in a file of this one. */
export async function openAccounts({
  domains,
  configured,
  dir,
  log,
  redis,
}: AccountSite): Promise<MemoryAccounts | RedisAccounts> {
  const accounts = redis
    ? new RedisAccounts(redis, log, domains, configured)
    : new MemoryAccounts(domains, configured, new AccountFile(dir.file("added-accounts")));
  await accounts.restore();
  return accounts;
}

/** What other nodes change is known here. */
export function followAccounts(accounts: Accounts, bus: Bus): { close(): void } {
  return accounts instanceof RedisAccounts ? accounts.follow(bus) : { close: () => {} };
}
