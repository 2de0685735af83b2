import { boardIdOf } from "../directory/boards.ts";
import { printUserId } from "../directory/user-id.ts";
import type { BoardEvent } from "../protocol/server-frame.ts";
import type { BoardSeat } from "../protocol/whiteboard-values.ts";
import type { Actor } from "./parts.ts";

interface Seated extends BoardSeat {
  readonly session: string;
  tell(event: BoardEvent): void;
}

/** Which pages have which boards open. Only they are told what is drawn. */
export class BoardSeats {
  /** By key of the board, then by session. */
  readonly #boards = new Map<string, Map<string, Seated>>();
  #last = 0;

  /** Pages with an open board, once a board: back to 0 when all are closed. */
  get size(): number {
    return [...this.#boards.values()].reduce((sum, seats) => sum + seats.size, 0);
  }

  /** Opened again, the page keeps its seat, and is told anew who is there. */
  take(key: string, { user, name, session = "" }: Actor, tell: (event: BoardEvent) => void): number {
    const seats = this.#boards.get(key) ?? new Map<string, Seated>();
    this.#boards.set(key, seats);
    const seat = seats.get(session)?.seat ?? (this.#last += 1);
    seats.set(session, { seat, user: printUserId(user), ...(name !== undefined && { name }), session, tell });
    this.#tellWho(key);
    return seat;
  }

  seat(key: string, session: string): number | undefined {
    return this.#boards.get(key)?.get(session)?.seat;
  }

  /** Each page that has the board open, but for the session `except`. */
  tell(key: string, event: BoardEvent, except?: string): void {
    for (const seated of this.#boards.get(key)?.values() ?? []) if (seated.session !== except) seated.tell(event);
  }

  leave(key: string, session: string): void {
    this.#drop(key, (seated) => seated.session === session);
  }

  /** All pages of a user who is not of the board any more. */
  leaveAll(key: string, user: string): void {
    this.#drop(key, (seated) => seated.user === user);
  }

  /** The page is gone. */
  closed(session: string): void {
    for (const key of [...this.#boards.keys()]) this.leave(key, session);
  }

  #drop(key: string, goes: (seated: Seated) => boolean): void {
    const seats = this.#boards.get(key);
    const gone = [...(seats?.values() ?? [])].filter(goes);
    for (const { session } of gone) seats?.delete(session);
    if (seats?.size === 0) this.#boards.delete(key);
    else if (gone.length > 0) this.#tellWho(key);
  }

  #tellWho(key: string): void {
    const boardId = boardIdOf(key);
    const here = [...(this.#boards.get(key)?.values() ?? [])].map(({ seat, user, name }): BoardSeat => ({
      seat,
      user,
      ...(name !== undefined && { name }),
    }));
    this.tell(key, { type: "board.here", boardId, here });
  }
}
