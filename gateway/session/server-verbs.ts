import { uuid } from "../base/ids.ts";
import type { UserId } from "../directory/user-id.ts";
import type { ClientFrameOf } from "../protocol/client-frame.ts";
import type { Answer } from "../protocol/server-frame.ts";
import { defaultRights } from "../switchboard/rights.ts";
import type { VerbContext } from "./context.ts";
import { contactPut } from "./handlers/contact-put.ts";
import { contactRemove } from "./handlers/contact-remove.ts";
import { groupCreate } from "./handlers/group-create.ts";
import { messageSend } from "./handlers/message-send.ts";
import type { Pace } from "./rate.ts";

type Verb = "message.send" | "group.create" | "contact.put" | "contact.remove";
type Fields<T extends Verb> = Omit<ClientFrameOf<T>, "type" | "id">;

/** The verbs that need no page. */
const verbs: { readonly [T in Verb]: (context: VerbContext, frame: ClientFrameOf<T>) => Promise<Answer> } = {
  "message.send": messageSend,
  "group.create": groupCreate,
  "contact.put": contactPut,
  "contact.remove": contactRemove,
};

/** A server is paced by its key. */
const unlimited: Pace = { take: () => true, retryAfterMs: 0 };

/** Runs verbs of pages for servers: in a user's name, without a socket. */
export class ServerVerbs {
  readonly #parts: VerbContext["parts"];

  constructor(parts: VerbContext["parts"]) {
    this.#parts = parts;
  }

  /** Its answer, a refusal too. Rejects where a page is told `server-error`. */
  run<T extends Verb>(user: UserId, type: T, fields: Fields<T>): Promise<Answer> {
    const id = uuid();
    const context: VerbContext = {
      id,
      identity: { user, rights: defaultRights },
      expired: false,
      pace: { messages: unlimited, searches: unlimited, data: unlimited, boards: unlimited },
      parts: this.#parts,
    };
    return verbs[type](context, { type, id, ...fields } as unknown as ClientFrameOf<T>);
  }
}
