import { InTurn } from "../base/in-turn.ts";
import { boardIdOf, boardKey, type Boards } from "../directory/boards.ts";
import { printUserId } from "../directory/user-id.ts";
import type { BoardChange, BoardEvent, Shown } from "../protocol/server-frame.ts";
import { limits } from "../protocol/version.ts";
import type { Background, BoardElement, BoardInfo } from "../protocol/whiteboard-values.ts";
import { BoardRooms, noSuchBoard } from "./board-rooms.ts";
import { BoardSeats } from "./board-seats.ts";
import type { FarSeatsParts } from "./far-seats.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { MessagingRefusal } from "./refusal.ts";

export interface WhiteboardsParts extends Pick<MessagingParts, "accounts" | "tell" | "isHere"> {
  readonly boards: Boards<BoardElement, Background>;
  /** Where a board may be open too; absent where there are none. */
  readonly others?: FarSeatsParts;
  /** Seats of this node are numbered from here on; default 0. */
  readonly firstSeat?: number;
}

/** A change as a page asks for it. */
export interface Drawing {
  readonly drawId: string;
  readonly put?: readonly BoardElement[];
  readonly remove?: readonly string[];
  readonly background?: Background;
}

/** How much of a board one answer carries, in bytes. */
const partBytes = 131_072;

/**
 * Whiteboards: changes are ordered here, not merged by a CRDT. What lies on a board are whole elements that hardly ever
 * change once they are drawn, so that two who draw at once never touch the same one, and of two who move one the later
 * counts. An order and a number a change then do all that is needed: a page that was offline sends what it drew when it
 * is back, and reads what is new by number. And each change can be checked by its schema and measured before it is taken,
 * nothing is kept of what was erased, and pages load no library for it; a CRDT's update can only be tried out, grows
 * with all that ever was, and may be forged in the name of another.
 */
export class Whiteboards {
  readonly rooms: BoardRooms;
  readonly #boards: Boards<BoardElement, Background>;
  readonly #seats: BoardSeats;
  readonly #turns = new InTurn();

  constructor(parts: WhiteboardsParts) {
    const { boards, others, firstSeat: first = 0 } = parts;
    this.#boards = boards;
    this.#seats = new BoardSeats({ ...(others && { others }), first, missed: (key) => this.#missed(key) });
    this.rooms = new BoardRooms({
      ...parts,
      left: (key, user) => this.#seats.leaveAll(key, user),
    });
  }

  /** Pages with an open board, once a board. */
  get open(): number {
    return this.#seats.size;
  }

  /** The page is told who is there, and what happens on the board until it closes it. @throws MessagingRefusal `bad-target` */
  async enter(
    actor: Actor,
    boardId: string,
    tell: (event: BoardEvent) => void,
  ): Promise<{ readonly board: BoardInfo; readonly seat: number }> {
    const { board } = await this.rooms.member(actor, boardId);
    const key = boardKey(actor.user.domain, boardId);
    const seat = this.#seats.take(key, actor, tell);
    return { board: await this.rooms.info(boardId, board), seat };
  }

  leave({ user, session = "" }: Actor, boardId: string): void {
    this.#seats.leave(boardKey(user.domain, boardId), session);
  }

  /** The page is gone. */
  closed(session: string): void {
    this.#seats.closed(session);
  }

  /** @throws MessagingRefusal `bad-target` */
  async read(
    actor: Actor,
    boardId: string,
    since: number,
    began?: number,
  ): Promise<BoardChange & { readonly latest: number; readonly whole: boolean }> {
    await this.rooms.member(actor, boardId);
    const part = await this.#boards.read(boardKey(actor.user.domain, boardId), since, partBytes, began);
    if (!part) throw noSuchBoard();
    return part;
  }

  /**
   * Resolves with the change's number when it is kept; then all pages that have the board open are told, the page that
   * drew it too.
   * @throws MessagingRefusal `bad-target`, `not-allowed` for viewers, `too-large`
   */
  async draw(actor: Actor, boardId: string, { drawId, put = [], remove = [], background }: Drawing): Promise<number> {
    const key = boardKey(actor.user.domain, boardId);
    return this.#turns.run(key, async () => {
      const { role } = await this.rooms.member(actor, boardId);
      if (role === "viewer") throw looksOnly();
      const change = { drawId, put, remove, ...(background && { background }) };
      const drawn = await this.#boards.draw(key, change);
      if (!drawn) throw noSuchBoard();
      if (drawn === "full") throw new MessagingRefusal("too-large", fullText);
      const { number, fresh } = drawn;
      const by = printUserId(actor.user);
      if (fresh) this.#seats.tell(key, { type: "board.drawn", boardId, number, by, ...change });
      return number;
    });
  }

  /**
   * What counts only now, to the other pages that have the board open.
   * @throws MessagingRefusal `bad-target`, `not-allowed` for what viewers draw, `wrong-state` for who has not opened it
   */
  show(actor: Actor, boardId: string, shown: Shown): Promise<void> {
    const key = boardKey(actor.user.domain, boardId);
    const { session = "" } = actor;
    return this.#turns.run(session, async () => {
      const { role } = await this.rooms.member(actor, boardId);
      if (role === "viewer" && shown.draft) throw looksOnly();
      const seat = this.#seats.seat(key, session);
      if (seat === undefined) throw new MessagingRefusal("wrong-state", "You have not opened this board.");
      this.#seats.tell(key, { type: "board.shown", boardId, seat, ...shown }, session);
    });
  }

  /** A page reads what is new when it hears of a change that is not its next one. */
  #missed(key: string): void {
    const nothing = { drawId: "", by: "", put: [], remove: [] };
    this.#seats.tellHere(key, { type: "board.drawn", boardId: boardIdOf(key), number: beyond, ...nothing });
  }
}

/** No change ever has this number. */
const beyond = Number.MAX_SAFE_INTEGER;

const looksOnly = (): MessagingRefusal =>
  new MessagingRefusal("not-allowed", "You may look at this board, and not draw.");

const fullText = `The board is full: ${limits.elements} elements or ${limits.boardBytes / 1_048_576} MiB are the most.`;
