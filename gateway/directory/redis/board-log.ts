import { uuid } from "../../base/ids.ts";
import { isRecord } from "../../base/json.ts";
import type { BoardEntry } from "../board-journal.ts";
import { BoardState } from "../board-state.ts";
import type { BoardKey, BoardMembership, Piece } from "../boards.ts";
import { boardScripts } from "./board-scripts.ts";
import type { RedisConnection } from "./connection.ts";
import { boardKeys } from "./keys.ts";
import type { Script } from "./script.ts";
import { pack, unpack } from "./stored.ts";

/** A board as far as its log was read. */
export interface Replica<P extends Piece, Background> {
  readonly state: BoardState<P, Background>;
  /** Empty: there is no such board. */
  readonly epoch: string;
  readonly length: number;
  /** Of the entries. */
  readonly bytes: number;
}

/** Boards that are kept in memory as they were read; the one that was not looked at for longest goes. */
const maxReplicas = 200;

/**
 * The logs of boards in Redis: each entry is appended by whoever has read all before it. What was read is kept, so that
 * only what is new is read the next time. Everything throws StoreError.
 */
export class BoardLog<P extends Piece, Background> {
  readonly #redis: RedisConnection;
  readonly #replicas = new Map<BoardKey, Replica<P, Background>>();

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** As it is now. */
  async read(key: BoardKey): Promise<Replica<P, Background>> {
    const known = this.#replicas.get(key);
    const answer = await this.#run("reading a board", boardScripts.read, key, [known?.epoch ?? "", known?.length ?? 0]);
    const [epoch, from, texts] = answer as [string, string, string[]];
    const isSame = known?.epoch === epoch && known.length === Number(from);
    const state = isSame ? known.state : new BoardState<P, Background>();
    let bytes = isSame ? known.bytes : 0;
    for (const text of texts) {
      state.apply(unpack(text, isEntry<P, Background>));
      bytes += text.length;
    }
    return this.#keep(key, { state, epoch, length: Number(from) + texts.length, bytes });
  }

  /** False when something came first. */
  async append(
    key: BoardKey,
    { state, epoch, length, bytes }: Replica<P, Background>,
    entry: BoardEntry<P, Background>,
  ): Promise<Replica<P, Background> | undefined> {
    const [begun, text] = [epoch === "" ? uuid() : epoch, pack(entry)];
    const membership = entry.is === "members" ? pack({ name: entry.name, members: entry.members }) : "";
    const values = [epoch, length, begun, text, entry.at, membership];
    if ((await this.#run("changing a board", boardScripts.append, key, values)) !== 1) return undefined;
    state.apply(entry);
    return this.#keep(key, { state, epoch: begun, length: length + 1, bytes: bytes + text.length });
  }

  /** As short as it can be, unless something comes first. */
  async rewrite(key: BoardKey, { state, epoch, length }: Replica<P, Background>): Promise<void> {
    const [begun, texts] = [uuid(), state.entries.map(pack)];
    const done = await this.#run("shortening a board", boardScripts.rewrite, key, [epoch, length, begun, ...texts]);
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    if (done === 1) this.#keep(key, { state, epoch: begun, length: texts.length, bytes });
  }

  /** False when something came first. */
  async remove(key: BoardKey, { epoch, length }: Replica<P, Background>): Promise<boolean> {
    this.#replicas.delete(key);
    return (await this.#run("deleting a board", boardScripts.remove, key, [epoch, length])) === 1;
  }

  /** Without what is on it; `at`: when it changed last. */
  async head(key: BoardKey): Promise<{ readonly at: number; readonly membership: BoardMembership } | undefined> {
    const wanted = ["at", "membership"] as const;
    const read = (client: Parameters<Parameters<RedisConnection["run"]>[1]>[0]): Promise<(string | null)[]> =>
      client.hmget(boardKeys(key).head, ...wanted);
    const [at, membership] = await this.#redis.run("reading a board", read);
    if (typeof membership !== "string") return undefined;
    return { at: Number(at), membership: unpack(membership, isMembership) };
  }

  #keep(key: BoardKey, replica: Replica<P, Background>): Replica<P, Background> {
    this.#replicas.delete(key);
    if (replica.epoch !== "") this.#replicas.set(key, replica);
    const oldest = this.#replicas.keys().next().value;
    if (this.#replicas.size > maxReplicas && oldest !== undefined) this.#replicas.delete(oldest);
    return replica;
  }

  #run(what: string, script: Script, key: BoardKey, values: readonly (string | number)[]): Promise<unknown> {
    const { head, log } = boardKeys(key);
    return this.#redis.run(what, (client) => script.run(client, [head, log], values));
  }
}

const isEntry = <P, Background>(value: unknown): value is BoardEntry<P, Background> =>
  isRecord(value) && (value.is === "members" || value.is === "draw" || value.is === "recent");

const isMembership = (value: unknown): value is BoardMembership =>
  isRecord(value) && typeof value.name === "string" && Array.isArray(value.members);
