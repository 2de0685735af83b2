import { boardIdOf } from "../directory/boards.ts";
import { printUserId } from "../directory/user-id.ts";
import type { BoardEvent } from "../protocol/server-frame.ts";
import type { BoardSeat } from "../protocol/whiteboard-values.ts";
import { FarSeats, tellFar, tellLeft, type FarSeatsParts } from "./far-seats.ts";
import type { Actor } from "./parts.ts";

interface Seated extends BoardSeat {
  readonly session: string;
  tell(event: BoardEvent): void;
}

/** Seats of one board at this node by session, and those of other nodes. */
interface OpenBoard {
  readonly seats: Map<string, Seated>;
  readonly far: FarSeats | undefined;
}

export interface BoardSeatsParts {
  /** Where a board may be open too; absent where there are none. */
  readonly others?: FarSeatsParts;
  /** Seats of this node have greater numbers: those of no two nodes are the same. */
  readonly first?: number;
  /** Changes of the board may have been missed: its pages have to look. */
  missed(key: string): void;
}

/** Which pages have which boards open, at whatever node. Only they are told what is drawn. */
export class BoardSeats {
  readonly #parts: BoardSeatsParts;
  /** By key of the board. */
  readonly #boards = new Map<string, OpenBoard>();
  #last: number;

  constructor(parts: BoardSeatsParts) {
    this.#parts = parts;
    this.#last = parts.first ?? 0;
  }

  /** Pages of this node with an open board, once a board: back to 0 when all are closed. */
  get size(): number {
    return [...this.#boards.values()].reduce((sum, { seats }) => sum + seats.size, 0);
  }

  /** Opened again, the page keeps its seat, and is told anew who is there. */
  take(key: string, { user, name, session = "" }: Actor, tell: (event: BoardEvent) => void): number {
    const { seats } = this.#open(key);
    const seat = seats.get(session)?.seat ?? (this.#last += 1);
    seats.set(session, { seat, user: printUserId(user), ...(name !== undefined && { name }), session, tell });
    this.#changed(key);
    return seat;
  }

  seat(key: string, session: string): number | undefined {
    return this.#boards.get(key)?.seats.get(session)?.seat;
  }

  /** Each page that has the board open, at whatever node, but for the session `except`. */
  tell(key: string, event: BoardEvent, except?: string): void {
    this.tellHere(key, event, except);
    const { others } = this.#parts;
    const open = this.#boards.get(key);
    if (open) open.far?.event(event);
    else if (others) tellFar(others, key, event);
  }

  leave(key: string, session: string): void {
    this.#drop(key, (seated) => seated.session === session);
  }

  /** All pages of a user who is not of the board any more, at whatever node. */
  leaveAll(key: string, user: string): void {
    this.#drop(key, (seated) => seated.user === user);
    const { others } = this.#parts;
    if (others) tellLeft(others, key, user);
  }

  /** The page is gone. */
  closed(session: string): void {
    for (const key of [...this.#boards.keys()]) this.leave(key, session);
  }

  #open(key: string): OpenBoard {
    const known = this.#boards.get(key);
    if (known) return known;
    const seats = new Map<string, Seated>();
    const { others, missed } = this.#parts;
    const far =
      others &&
      new FarSeats(key, others, {
        own: () => [...seats.values()].map(shown),
        event: (event) => this.tellHere(key, event),
        changed: () => this.#tellWho(key),
        left: (user) => this.#drop(key, (seated) => seated.user === user),
        missed: () => missed(key),
      });
    const open = { seats, far };
    this.#boards.set(key, open);
    return open;
  }

  #drop(key: string, goes: (seated: Seated) => boolean): void {
    const open = this.#boards.get(key);
    const gone = [...(open?.seats.values() ?? [])].filter(goes);
    for (const { session } of gone) open?.seats.delete(session);
    if (!open || gone.length === 0) return;
    if (open.seats.size > 0) return this.#changed(key);
    open.far?.share();
    open.far?.close();
    this.#boards.delete(key);
  }

  #changed(key: string): void {
    this.#boards.get(key)?.far?.share();
    this.#tellWho(key);
  }

  /** As `tell`, those of this node. */
  tellHere(key: string, event: BoardEvent, except?: string): void {
    for (const seated of this.#boards.get(key)?.seats.values() ?? []) if (seated.session !== except) seated.tell(event);
  }

  #tellWho(key: string): void {
    const { seats, far } = this.#boards.get(key) ?? {};
    const here = [...[...(seats?.values() ?? [])].map(shown), ...(far?.seats ?? [])];
    this.tellHere(key, { type: "board.here", boardId: boardIdOf(key), here });
  }
}

const shown = ({ seat, user, name }: Seated): BoardSeat => ({ seat, user, ...(name !== undefined && { name }) });
