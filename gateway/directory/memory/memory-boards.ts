import { InTurn } from "../../base/in-turn.ts";
import type { BoardEntry, BoardJournal } from "../board-journal.ts";
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
import { printUserId, type UserId } from "../user-id.ts";
import { BoardState } from "../board-state.ts";

/** How many times a full board what is written of one may be before it is written anew. */
const slack = 3;

/** Boards of one process. With a journal they outlive it: a change counts once it is written there. */
export class MemoryBoards<P extends Piece, Background> implements Boards<P, Background> {
  readonly #limits: BoardLimits;
  readonly #now: () => number;
  readonly #journal: BoardJournal<P, Background>;
  readonly #turns = new InTurn();
  readonly #states = new Map<BoardKey, BoardState<P, Background>>();
  /** Boards of each user. */
  readonly #keys = new Map<string, Set<BoardKey>>();
  /** Bytes that were written of a board since it was written anew. */
  readonly #written = new Map<BoardKey, number>();

  /** Without a journal nothing is kept beyond the process. */
  constructor(
    limits: BoardLimits,
    now: () => number,
    journal: BoardJournal<P, Background> = { append: async () => {}, rewrite: async () => {} },
  ) {
    this.#limits = limits;
    this.#now = now;
    this.#journal = journal;
  }

  /** What an earlier process has written down. */
  restore(key: BoardKey, entries: Iterable<BoardEntry<P, Background>>): void {
    for (const entry of entries) this.#apply(key, entry);
    this.#written.set(key, Infinity);
  }

  async membership(key: BoardKey): Promise<BoardMembership | undefined> {
    return this.#states.get(key)?.membership;
  }

  settle(
    key: BoardKey,
    change: (now: BoardMembership | undefined) => BoardMembership | undefined,
  ): Promise<BoardMembership | undefined> {
    return this.#turns.run(key, async () => {
      const now = this.#states.get(key)?.membership;
      const wanted = change(now);
      if (!wanted) return now;
      if (wanted.members.length === 0) return this.#delete(key);
      await this.#write(key, { is: "members", ...wanted, at: this.#now() });
      return wanted;
    });
  }

  async of(user: UserId): Promise<readonly KeptBoard[]> {
    const found = [...(this.#keys.get(printUserId(user)) ?? [])].flatMap((key) => {
      const state = this.#states.get(key);
      return state ? { key, at: state.at, ...state.membership } : [];
    });
    return found.sort((a, b) => b.at - a.at).map(({ key, name, members }) => ({ key, name, members }));
  }

  draw(
    key: BoardKey,
    change: BoardChange<P, Background>,
  ): Promise<{ readonly number: number; readonly fresh: boolean } | "full" | undefined> {
    return this.#turns.run(key, async () => {
      const state = this.#states.get(key);
      if (!state) return undefined;
      const known = state.numberOf(change.drawId);
      if (known !== undefined) return { number: known, fresh: false };
      if (!state.fits(change, this.#limits)) return "full";
      const number = state.number + 1;
      await this.#write(key, { is: "draw", number, ...change, at: this.#now() });
      return { number, fresh: true };
    });
  }

  async read(
    key: BoardKey,
    since: number,
    bytes: number,
    began?: number,
  ): Promise<BoardPart<P, Background> | undefined> {
    return this.#states.get(key)?.part(since, bytes, began);
  }

  async prune(): Promise<void> {
    const oldest = this.#now() - this.#limits.age;
    for (const key of [...this.#states.keys()])
      await this.#turns.run(key, async () => {
        const state = this.#states.get(key);
        if (state && state.at < oldest) await this.#delete(key);
        else if (state && this.#written.get(key) === Infinity) await this.#rewrite(key, state);
      });
  }

  async #write(key: BoardKey, entry: BoardEntry<P, Background>): Promise<void> {
    await this.#journal.append(key, [entry]);
    const state = this.#apply(key, entry);
    const written = (this.#written.get(key) ?? 0) + JSON.stringify(entry).length;
    this.#written.set(key, written);
    if (written > slack * this.#limits.bytes) await this.#rewrite(key, state);
  }

  async #rewrite(key: BoardKey, state: BoardState<P, Background>): Promise<void> {
    await this.#journal.rewrite(key, state.entries);
    this.#written.set(key, 0);
  }

  #apply(key: BoardKey, entry: BoardEntry<P, Background>): BoardState<P, Background> {
    let state = this.#states.get(key);
    if (!state) this.#states.set(key, (state = new BoardState()));
    const before = state.membership.members;
    state.apply(entry);
    if (entry.is === "members") this.#index(key, before, entry.members);
    return state;
  }

  #index(key: BoardKey, before: readonly BoardMember[], after: readonly BoardMember[]): void {
    for (const { user } of before) {
      const keys = this.#keys.get(user);
      if (keys?.delete(key) && keys.size === 0) this.#keys.delete(user);
    }
    for (const { user } of after) this.#keys.set(user, (this.#keys.get(user) ?? new Set()).add(key));
  }

  async #delete(key: BoardKey): Promise<undefined> {
    await this.#journal.rewrite(key, []);
    this.#index(key, this.#states.get(key)?.membership.members ?? [], []);
    this.#states.delete(key);
    this.#written.delete(key);
  }
}
