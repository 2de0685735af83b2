import type { ApiKey } from "../../identity/api-keys.ts";
import type { Asked, AnswerTo } from "../../protocol/rest/operation.ts";
import type { OperationId, Operations } from "../../protocol/rest/operations.ts";
import type { AccountInfo, ApiRight, OpenCall, GivenToken, SessionState } from "../../protocol/rest/values.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SavedContact } from "../../protocol/values.ts";
import type { ServerVerbs } from "../../session/server-verbs.ts";

export type RestKey = ApiKey<ApiRight>;

type Body<Id extends OperationId> = Asked<Operations[Id]>["body"];
type Verb = Parameters<ServerVerbs["run"]>[1];

/** What REST is made of. A user is `name@domain`, the domain in lower case and one that the key may see. */
export interface RestPorts {
  readonly accounts: {
    list(domain: string): Promise<readonly AccountInfo[]>;
    find(user: string): Promise<AccountInfo | undefined>;
    /** Undefined when there is one of that name, or there is no room for more. */
    create(account: Body<"createAccount">): Promise<AccountInfo | undefined>;
    /** False when it stands in the configuration. Its sessions are closed. */
    remove(user: string): Promise<boolean>;
  };
  token(subject: Body<"issueToken">): Promise<GivenToken>;
  contacts(user: string): Promise<readonly SavedContact[]>;
  /** At all nodes, as are calls. */
  sessions(domain: string): Promise<readonly SessionState[]>;
  /** False when the domain has no such session. */
  endSession(domain: string, sessionId: string): Promise<boolean>;
  calls(domain: string): Promise<readonly OpenCall[]>;
  /** False when the domain has no such call. */
  endCall(domain: string, reference: string): Promise<boolean>;
  /** Does what a page of the user could ask for by a frame. */
  run<T extends Verb>(
    user: string,
    type: T,
    fields: Parameters<typeof ServerVerbs.prototype.run<T>>[2],
  ): Promise<Answer>;
}

/** Does one operation. @throws RestProblem */
export type RestHandler<Id extends OperationId> = (
  ports: RestPorts,
  key: RestKey,
  asked: Asked<Operations[Id]>,
) => AnswerTo<Operations[Id]> | Promise<AnswerTo<Operations[Id]>>;
