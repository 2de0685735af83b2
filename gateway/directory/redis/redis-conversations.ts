import { isRecord, parseJson } from "../../base/json.ts";
import {
  edited,
  type ConversationKey,
  type ConversationLimits,
  type Conversations,
  type KeptMessage,
  type ListOptions,
  type Mark,
  type MarkedMember,
  type Member,
  type Membership,
  type Moved,
  type NewMessage,
  type Summary,
} from "../conversations.ts";
import { StoreError, unlessNewer } from "../store-error.ts";
import { parseUserId, printUserId, type UserId } from "../user-id.ts";
import { mastersOf, type RedisClient } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import * as scripts from "./conversation-scripts.ts";
import { conversationKeys, conversationOfKey, conversationsOfUser, everyConversation } from "./keys.ts";
import type { Script } from "./script.ts";
import { pack, schema } from "./stored.ts";

type StoredMessage = Omit<KeptMessage, "number">;
/** The hash of a conversation's facts. */
type Facts = Readonly<Record<string, string>>;

/** Messages read at once while looking for a text, and keys while pruning. */
const atOnce = 200;
const readingMessage = "reading a message";

/**
 * Conversations that all nodes share. What changes in one conversation is one script; a user's list of conversations
 * may lie in another part of a Cluster, so that a conversation is put there before it begins, and struck off after its
 * end: what is there too much is left out.
 */
export class RedisConversations implements Conversations {
  readonly #redis: RedisConnection;
  readonly #limits: ConversationLimits;
  readonly #now: () => number;

  constructor(redis: RedisConnection, limits: ConversationLimits, now: () => number) {
    this.#redis = redis;
    this.#limits = limits;
    this.#now = now;
  }

  async add(
    key: ConversationKey,
    message: NewMessage,
    members: readonly string[],
  ): Promise<{ message: KeptMessage; fresh: boolean }> {
    const id = idOf(message);
    const version = this.#now();
    const put = (listed: string): Promise<unknown> =>
      this.#script("keeping a message", scripts.add, key, [
        id,
        pack(message),
        headOf(message),
        this.#limits.messages,
        this.#oldest,
        version,
        listed,
      ]);
    let added = await put("");
    if (added === 0) {
      await this.#enlist(key, members, version);
      added = await put(JSON.stringify(members.map((user) => ({ user, role: "member" }))));
    }
    const [number, fresh, text] = added as [number, number, string];
    return { message: this.#messageOf(number, text), fresh: fresh === 1 };
  }

  async edit(
    key: ConversationKey,
    from: string,
    messageId: string,
    text: string | undefined,
    at: number,
  ): Promise<KeptMessage | undefined> {
    const { ids, messages } = conversationKeys(key);
    const number = await this.#run("finding a message", (client) => client.hget(ids, idOf({ from, messageId })));
    if (number === null) return undefined;
    for (;;) {
      const before = await this.#run("reading a message", (client) => client.hget(messages, number));
      if (before === null) return undefined;
      const known = this.#redis.unpacked(readingMessage, before, isMessage);
      if (known.deleted || known.at < this.#oldest) return undefined;
      const changed = edited(known, text ?? null, at);
      const after = pack(changed);
      const done = await this.#script("editing", scripts.edit, key, [number, before, after, headOf(changed)]);
      if (done === 1) return this.#messageOf(Number(number), after);
    }
  }

  async list(
    key: ConversationKey,
    { before = Infinity, limit, search }: ListOptions,
  ): Promise<{ messages: readonly KeptMessage[]; more: boolean }> {
    const { facts } = conversationKeys(key);
    const [last, first] = await this.#run("reading a conversation", async (client) => {
      const [written, ...bounds] = await client.hmget(facts, "schema", "last", "first");
      throwIfNewer(written);
      return bounds;
    });
    const wanted = search?.toLocaleLowerCase();
    const found: KeptMessage[] = [];
    let to = Math.min(before - 1, Number(last ?? 0));
    while (to >= Number(first ?? 1) && found.length <= limit) {
      const from = Math.max(to - (wanted === undefined ? limit : atOnce), Number(first));
      for (const message of await this.#range(key, from, to)) {
        const { at, deleted, text } = message;
        if (at < this.#oldest) continue;
        if (wanted === undefined || (!deleted && text.toLocaleLowerCase().includes(wanted))) found.push(message);
      }
      to = from - 1;
    }
    return { messages: found.slice(0, limit), more: found.length > limit };
  }

  async waiting(key: ConversationKey, user: string, limit: number): Promise<readonly KeptMessage[]> {
    return this.#messagesOf(
      await this.#script("reading what waits", scripts.waiting, key, [user, this.#oldest, limit]),
    );
  }

  async mark(key: ConversationKey, user: string, mark: Mark, number: number): Promise<Moved | undefined> {
    const values = [user, this.#oldest, mark, number];
    const moved = (await this.#script("moving a mark", scripts.mark, key, values)) as [number, number, unknown] | null;
    return moved ? { number: moved[0], unread: moved[1], passed: this.#messagesOf(moved[2]) } : undefined;
  }

  async members(key: ConversationKey): Promise<Membership<MarkedMember> | undefined> {
    return membershipOf(await this.#facts(key));
  }

  async settle(
    key: ConversationKey,
    change: (now: Membership<MarkedMember> | undefined) => Membership | undefined,
  ): Promise<Membership<MarkedMember> | undefined> {
    for (;;) {
      const facts = await this.#facts(key);
      const now = membershipOf(facts);
      const wanted = change(now);
      if (!wanted) return now;
      const before = facts["version"] ?? "";
      const version = Math.max(this.#now(), Number(before) + 1);
      const members = wanted.members.map(({ user, role, invited }) => ({ user, role, ...(invited && { invited }) }));
      const users = members.map(({ user }) => user);
      await this.#enlist(key, users, version);
      const name = wanted.name === undefined ? "" : `=${wanted.name}`;
      const values = [before, version, name, JSON.stringify(members)];
      if ((await this.#script("settling members", scripts.settle, key, values)) !== 1) continue;
      const gone = (now?.members ?? []).map(({ user }) => user).filter((user) => !users.includes(user));
      await this.#strike(key, gone, version);
      return this.members(key);
    }
  }

  async of(user: UserId, limit: number): Promise<readonly Summary[]> {
    const name = printUserId(user);
    const keys = await this.#run("reading conversations", (client) => client.hkeys(conversationsOfUser(user)));
    const all = await Promise.all(keys.map((key) => unlessNewer(() => this.#summary(key, name))));
    return all
      .flatMap((summary) => summary ?? [])
      .sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0))
      .slice(0, limit);
  }

  forget(key: ConversationKey, user: string): Promise<number> {
    return this.#script("forgetting messages", scripts.forget, key, [user]) as Promise<number>;
  }

  async prune(): Promise<void> {
    const masters = await this.#run("finding conversations", async (client) => mastersOf(client));
    for (const master of masters) {
      let cursor = "0";
      do {
        const scan = () => master.scan(cursor, "MATCH", everyConversation, "COUNT", atOnce);
        const [next, found] = await this.#run("finding conversations", scan);
        const values = [this.#oldest, this.#limits.messages];
        for (const facts of found) {
          const key = conversationOfKey(facts);
          await unlessNewer(() => this.#script("pruning", scripts.prune, key, values));
        }
        cursor = next;
      } while (cursor !== "0");
    }
  }

  get #oldest(): number {
    return this.#now() - this.#limits.age;
  }

  #run<T>(what: string, work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#redis.run(what, work);
  }

  #script(what: string, script: Script, key: ConversationKey, values: readonly (string | number)[]): Promise<unknown> {
    const { facts, messages, heads, ids } = conversationKeys(key);
    return this.#run(what, (client) => script.run(client, [facts, messages, heads, ids], values));
  }

  async #facts(key: ConversationKey): Promise<Facts> {
    return this.#run("reading members", async (client) => {
      const facts = await client.hgetall(conversationKeys(key).facts);
      throwIfNewer(facts["schema"]);
      return facts;
    });
  }

  /** @throws StoreError `newer` */
  #messageOf(number: number, text: string): KeptMessage {
    return { number, ...this.#redis.unpacked(readingMessage, text, isMessage) };
  }

  /** Of number, text, number, text, …; without what a newer release has written. */
  #messagesOf(flat: unknown): KeptMessage[] {
    return pairs(flat as string[]).flatMap(
      ([number, text]) => unlessNewer(() => this.#messageOf(Number(number), text)) ?? [],
    );
  }

  /** Newest first. */
  async #range(key: ConversationKey, from: number, to: number): Promise<KeptMessage[]> {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => to - index);
    const { messages } = conversationKeys(key);
    const texts = await this.#run("reading messages", (client) => client.hmget(messages, ...numbers.map(String)));
    return this.#messagesOf(texts.flatMap((text, index) => (text === null ? [] : [numbers[index] ?? 0, text])));
  }

  async #summary(key: ConversationKey, user: string): Promise<Summary | undefined> {
    const found = await this.#script("reading a conversation", scripts.summary, key, [user, this.#oldest]);
    const [flat, unread, newest] = found as [string[], number, unknown];
    const membership = membershipOf(Object.fromEntries(pairs(flat)));
    if (!membership?.members.some((one) => one.user === user)) return undefined;
    const [last] = this.#messagesOf(newest);
    return { key, ...membership, unread, ...(last && { last }) };
  }

  async #enlist(key: ConversationKey, users: readonly string[], version: number): Promise<void> {
    await this.#each(scripts.enlist, key, users, version);
  }

  async #strike(key: ConversationKey, users: readonly string[], version: number): Promise<void> {
    await this.#each(scripts.strike, key, users, version);
  }

  async #each(script: Script, key: ConversationKey, users: readonly string[], version: number): Promise<void> {
    const lists = users.flatMap((user) => parseUserId(user) ?? []).map(conversationsOfUser);
    await Promise.all(
      lists.map((list) => this.#run("listing a conversation", (client) => script.run(client, [list], [key, version]))),
    );
  }
}

const idOf = ({ from, messageId }: Pick<KeptMessage, "from" | "messageId">): string => `${from} ${messageId}`;

/** As `conversation-scripts` reads it. */
const headOf = (message: StoredMessage): string => `${message.at} ${message.deleted ? 1 : 0} ${idOf(message)}`;

const isMessage = (value: unknown): value is StoredMessage => isRecord(value) && typeof value["messageId"] === "string";

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((one, index) => (index % 2 === 0 ? [[one, flat[index + 1] ?? ""]] : []));

const isMembers = (value: unknown): value is readonly Member[] => Array.isArray(value);

function throwIfNewer(written: string | null | undefined): void {
  if (Number(written ?? 0) > schema) throw new StoreError("newer", "a newer release has written it");
}

/** Undefined when there is no such conversation. */
function membershipOf(facts: Facts): Membership<MarkedMember> | undefined {
  const { members, name } = facts;
  if (members === undefined) return undefined;
  const marked = parseJson(members, isMembers).map((member) => ({
    ...member,
    delivered: Number(facts[`delivered:${member.user}`] ?? 0),
    read: Number(facts[`read:${member.user}`] ?? 0),
  }));
  return { ...(name !== undefined && { name }), members: marked };
}
