import { parseJson } from "../../base/json.ts";
import type { SessionRecord, SessionRecords } from "../session-records.ts";
import type { RedisConnection } from "./connection.ts";
import { sessionKey } from "./keys.ts";

/** KEYS: record. ARGV: holder, node, user, state, life. */
const put = `
local holder = redis.call("HGET", KEYS[1], "node")
if holder and holder ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "node", ARGV[2], "user", ARGV[3], "state", ARGV[4])
redis.call("PEXPIRE", KEYS[1], ARGV[5])
return 1`;

/** KEYS: record. ARGV: from, to, life. */
const claim = `
if redis.call("HGET", KEYS[1], "node") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "node", ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1`;

/** KEYS: record. ARGV: holder. */
const remove = `if redis.call("HGET", KEYS[1], "node") == ARGV[1] then redis.call("DEL", KEYS[1]) end`;

const isAnything = (value: unknown): value is unknown => value !== undefined;

/** Records in Redis, a hash each. */
export class RedisSessionRecords implements SessionRecords {
  readonly #connection: RedisConnection;
  readonly #life: number;

  /** `life`: how long a record stays that nobody touches, in milliseconds. */
  constructor(connection: RedisConnection, life: number) {
    this.#connection = connection;
    this.#life = life;
  }

  async put(id: string, holder: string, { node, user, state }: SessionRecord): Promise<boolean> {
    return this.#run("keeping a session", put, id, holder, node, user, JSON.stringify(state), this.#life);
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    const found = await this.#connection.run("looking for a session", (client) => client.hgetall(sessionKey(id)));
    const { node, user, state } = found;
    if (node === undefined || user === undefined || state === undefined) return undefined;
    return { node, user, state: parseJson(state, isAnything) };
  }

  async claim(id: string, from: string, to: string): Promise<boolean> {
    return this.#run("claiming a session", claim, id, from, to, this.#life);
  }

  async remove(id: string, holder: string): Promise<void> {
    await this.#run("forgetting a session", remove, id, holder);
  }

  async touch(ids: readonly string[]): Promise<readonly string[]> {
    const there = await this.#connection.run("holding sessions", (client) =>
      Promise.all(ids.map((id) => client.pexpire(sessionKey(id), this.#life))),
    );
    return ids.filter((_id, index) => there[index] === 0);
  }

  async #run(what: string, script: string, id: string, ...args: readonly (string | number)[]): Promise<boolean> {
    return (await this.#connection.run(what, (client) => client.eval(script, 1, sessionKey(id), ...args))) === 1;
  }
}
