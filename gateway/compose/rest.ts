import type { Account } from "../directory/accounts.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { HttpRoutes } from "../edge/http-routes.ts";
import type { RestKey, RestPorts } from "../edge/rest/ports.ts";
import { restRoutes } from "../edge/rest/routes.ts";
import { ApiKeys } from "../identity/api-keys.ts";
import type { OwnTokens } from "../identity/own-tokens.ts";
import { hashPassword } from "../identity/password.ts";
import type { AccountInfo } from "../protocol/rest/values.ts";
import type { Messaging, People } from "../session/context.ts";
import { Everywhere } from "../session/everywhere.ts";
import { OpenCalls } from "../session/open-calls.ts";
import { ServerVerbs } from "../session/server-verbs.ts";
import type { Sessions } from "../session/sessions.ts";
import { ha1Of } from "../sip/digest.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { Frame } from "./frame.ts";
import type { OtherNodes } from "./nodes.ts";

export interface RestParts extends Messaging {
  readonly people: People;
  readonly sessions: Sessions;
  readonly switchboard: Switchboard;
  readonly tokens: OwnTokens;
}

/** The gateway for servers of the application, where a key is configured. */
export function buildRest(frame: Frame, others: OtherNodes, parts: RestParts): readonly HttpRoutes[] {
  const { config, clock, log, metrics, later } = frame;
  const calls = new OpenCalls(parts.switchboard);
  // Other nodes ask, also where no key is configured.
  const everywhere = new Everywhere({ ...others, clock, log, calls, sessions: parts.sessions });
  later(() => everywhere.close());
  if (config.apiKeys.length === 0) return [];
  const keys: RestKey[] = config.apiKeys.map((key) => ({ ...key, domain: key.domain.toLowerCase() }));
  const asked = (operation: string, status: number): void =>
    metrics.restRequests.add({ operation, status: String(status) });
  return [restRoutes({ keys: new ApiKeys(keys), ports: portsOf(frame, everywhere, parts), clock, log, asked })];
}

function portsOf(
  frame: Frame,
  everywhere: Everywhere,
  { sessions: _own, switchboard: _board, people, tokens, ...messaging }: RestParts,
): RestPorts {
  const verbs = new ServerVerbs({ people, ...messaging });
  const { tokenLife, maxLife } = frame.config.auth;
  return {
    accounts: accountsOf(frame, everywhere),
    async token({ user, lifeMs = tokenLife, ...claims }) {
      const life = Math.min(lifeMs, maxLife);
      return { token: await tokens.issue({ ...claims, user: idOf(user) }, life), user, expiresInMs: life };
    },
    contacts: (user) => people.book.list(idOf(user)),
    sessions: (domain) => everywhere.sessions(domain),
    endSession: (domain, sessionId) => everywhere.endSession(domain, sessionId),
    calls: (domain) => everywhere.calls(domain),
    endCall: (domain, reference) => everywhere.endCall(domain, reference),
    run: (user, type, fields) => verbs.run(idOf(user), type, fields),
  };
}

function accountsOf({ accounts }: Frame, everywhere: Everywhere): RestPorts["accounts"] {
  return {
    list: async (domain) => (await accounts.list(domain)).map(infoOf),
    async find(user) {
      const found = await accounts.find(idOf(user));
      return found && infoOf(found);
    },
    async create({ user, name, numbers, password, sipPassword }) {
      const id = idOf(user);
      const account: Account = {
        id,
        ...(name !== undefined && { name }),
        ...(numbers && { numbers }),
        ...(password !== undefined && { password: await hashPassword(password) }),
        ...(sipPassword !== undefined && { sip: ha1Of(id.name, id.domain, sipPassword) }),
      };
      return (await accounts.add(account)) ? infoOf(account) : undefined;
    },
    async remove(user) {
      const id = idOf(user);
      if (!(await accounts.remove(id))) return false;
      for (const one of await everywhere.sessions(id.domain))
        if (one.user === user) await everywhere.endSession(id.domain, one.sessionId);
      return true;
    },
  };
}

function infoOf({ id, name, role = "user", numbers = [], password, sip }: Account): AccountInfo {
  return {
    user: printUserId(id),
    ...(name !== undefined && { name }),
    role,
    numbers,
    password: password !== undefined,
    softphones: sip !== undefined,
  };
}

/** The form is checked at the edge. */
function idOf(user: string): UserId {
  const id = parseUserId(user);
  if (!id) throw new TypeError(`not a user: ${user}`);
  return id;
}
