import { InTurn } from "../../base/in-turn.ts";
import type { BoardEntry } from "../board-journal.ts";
import type {
  BoardChange,
  BoardKey,
  BoardLimits,
  BoardMember,
  BoardMembership,
  BoardPart,
  Boards,
  KeptBoard,
  Piece,
} from "../boards.ts";
import { parseUserId, type UserId } from "../user-id.ts";
import { BoardLog, type Replica } from "./board-log.ts";
import { mastersOf } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import { boardOfKey, boardsOfUser, everyBoard } from "./keys.ts";

/** How many times a full board its log may be before it is written anew. */
const slack = 3;
/** Boards looked through at once. */
const atOnce = 100;

/** Boards that all nodes share. Which of two changes came first says the log of the board; the other is tried again. */
export class RedisBoards<P extends Piece, Background> implements Boards<P, Background> {
  readonly #redis: RedisConnection;
  readonly #limits: BoardLimits;
  readonly #now: () => number;
  readonly #log: BoardLog<P, Background>;
  readonly #turns = new InTurn();

  constructor(redis: RedisConnection, limits: BoardLimits, now: () => number) {
    this.#redis = redis;
    this.#limits = limits;
    this.#now = now;
    this.#log = new BoardLog(redis);
  }

  async membership(key: BoardKey): Promise<BoardMembership | undefined> {
    return (await this.#log.head(key))?.membership;
  }

  settle(
    key: BoardKey,
    change: (now: BoardMembership | undefined) => BoardMembership | undefined,
  ): Promise<BoardMembership | undefined> {
    return this.#turns.run(key, async () => {
      for (;;) {
        const replica = await this.#log.read(key);
        const now = replica.epoch === "" ? undefined : replica.state.membership;
        const wanted = change(now);
        if (!wanted) return now;
        const before = now?.members ?? [];
        const isLast = wanted.members.length === 0;
        if (isLast && (!now || (await this.#delete(key, replica)))) return undefined;
        if (isLast) continue;
        // Who is named in vain is found not to be of it; who is not named would not find it.
        await this.#index("sadd", key, wanted.members);
        if (!(await this.#append(key, replica, { is: "members", ...wanted, at: this.#now() }))) continue;
        await this.#index(
          "srem",
          key,
          before.filter(({ user }) => !wanted.members.some((one) => one.user === user)),
        );
        return wanted;
      }
    });
  }

  async of(user: UserId): Promise<readonly KeptBoard[]> {
    const name = `${user.name}@${user.domain}`;
    const keys = await this.#redis.run("finding boards", (client) => client.smembers(boardsOfUser(user)));
    const heads = await Promise.all(keys.map(async (key) => ({ key, head: await this.#log.head(key) })));
    return heads
      .flatMap(({ key, head }) => (head?.membership.members.some((one) => one.user === name) ? [{ key, ...head }] : []))
      .sort((a, b) => b.at - a.at)
      .map(({ key, membership }) => ({ key, ...membership }));
  }

  draw(
    key: BoardKey,
    change: BoardChange<P, Background>,
  ): Promise<{ readonly number: number; readonly fresh: boolean } | "full" | undefined> {
    return this.#turns.run(key, async () => {
      for (;;) {
        const replica = await this.#log.read(key);
        if (replica.epoch === "") return undefined;
        const known = replica.state.numberOf(change.drawId);
        if (known !== undefined) return { number: known, fresh: false };
        if (!replica.state.fits(change, this.#limits)) return "full";
        const number = replica.state.number + 1;
        if (await this.#append(key, replica, { is: "draw", number, ...change, at: this.#now() }))
          return { number, fresh: true };
      }
    });
  }

  read(key: BoardKey, since: number, bytes: number, began?: number): Promise<BoardPart<P, Background> | undefined> {
    return this.#turns.run(key, async () => {
      const { epoch, state } = await this.#log.read(key);
      return epoch === "" ? undefined : state.part(since, bytes, began);
    });
  }

  async prune(): Promise<void> {
    const oldest = this.#now() - this.#limits.age;
    const masters = await this.#redis.run("finding boards", async (client) => mastersOf(client));
    for (const master of masters) {
      let cursor = "0";
      do {
        const scan = () => master.scan(cursor, "MATCH", everyBoard, "COUNT", atOnce);
        const [next, found] = await this.#redis.run("finding boards", scan);
        for (const head of found) await this.#prune(boardOfKey(head), oldest);
        cursor = next;
      } while (cursor !== "0");
    }
  }

  async #prune(key: BoardKey, oldest: number): Promise<void> {
    const head = await this.#log.head(key);
    if (!head || head.at >= oldest) return;
    await this.#turns.run(key, async () => this.#delete(key, await this.#log.read(key)));
  }

  async #append(key: BoardKey, replica: Replica<P, Background>, entry: BoardEntry<P, Background>): Promise<boolean> {
    const now = await this.#log.append(key, replica, entry);
    if (now && now.bytes > slack * this.#limits.bytes) await this.#log.rewrite(key, now).catch(() => {});
    return now !== undefined;
  }

  /** False when it has changed. */
  async #delete(key: BoardKey, replica: Replica<P, Background>): Promise<boolean> {
    const { members } = replica.state.membership;
    if (!(await this.#log.remove(key, replica))) return false;
    await this.#index("srem", key, members);
    return true;
  }

  async #index(command: "sadd" | "srem", key: BoardKey, members: readonly BoardMember[]): Promise<void> {
    for (const { user } of members) {
      const id = parseUserId(user);
      if (id) await this.#redis.run("listing boards", (client) => client[command](boardsOfUser(id), key));
    }
  }
}
