import { InTurn } from "../base/in-turn.ts";
import { groupKey } from "../directory/conversations.ts";
import { parseUserId, printUserId, userKey } from "../directory/user-id.ts";
import type { Conversation } from "../protocol/message-values.ts";
import { limits } from "../protocol/version.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { MessagingRefusal, noSuchGroup, noSuchUser } from "./refusal.ts";
import { peerInfo } from "./views.ts";

/** Application data to whoever is there: in the order in which its sender sent it, kept nowhere. */
export class Data {
  readonly #parts: Pick<MessagingParts, "conversations" | "tell">;
  readonly #turns = new InTurn();

  constructor(parts: Pick<MessagingParts, "conversations" | "tell">) {
    this.#parts = parts;
  }

  /** @throws MessagingRefusal `bad-target`, `too-large`, `unavailable` when no page of theirs is open */
  send(actor: Actor, to: Conversation, value: unknown): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(value ?? null)) > limits.value)
      return Promise.reject(new MessagingRefusal("too-large", "The value is too large: 64 KiB of JSON is the most."));
    return this.#turns.run(actor.session ?? userKey(actor.user), () => this.#send(actor, to, value));
  }

  async #send({ user, name, session }: Actor, to: Conversation, value: unknown): Promise<void> {
    const from = peerInfo(printUserId(user), name);
    const people = "group" in to ? await this.#members(printUserId(user), user.domain, to.group) : [to.user];
    const group = "group" in to ? { group: to.group } : {};
    let told = 0;
    for (const one of people) {
      const id = parseUserId(one);
      if (!id || id.domain !== user.domain) throw noSuchUser(one);
      told += this.#parts.tell(id, { type: "data.received", from, ...group, value }, session);
    }
    if (told === 0) throw new MessagingRefusal("unavailable", "Nobody is there.");
  }

  async #members(user: string, domain: string, group: string): Promise<readonly string[]> {
    const now = await this.#parts.conversations.members(groupKey(domain, group));
    const members = (now?.members ?? []).filter(({ invited }) => !invited).map((member) => member.user);
    if (!members.includes(user)) throw noSuchGroup();
    return members;
  }
}
