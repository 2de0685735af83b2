import { limits } from "../../gateway/protocol/version.ts";
import type {
  Background,
  BoardElement,
  BoardInfo,
  BoardMember,
  BoardSeat,
  Point,
} from "../../gateway/protocol/whiteboard-values.ts";
import { ClientError, LiveObject } from "../index.ts";
import type { Change } from "./change.ts";
import { BoardDocument } from "./document.ts";
import { noBackground } from "./element.ts";
import { BoardHistory } from "./history.ts";
import { Others, type Other } from "./others.ts";
import { Outbox } from "./outbox.ts";
import { Showing } from "./showing.ts";
import { BoardSync } from "./sync.ts";
import type { BoardWire } from "./wire.ts";

export interface BoardView {
  readonly boardId: string;
  readonly name: string;
  readonly members: readonly BoardMember[];
  /** Pages that have the board open, this one too. */
  readonly here: readonly BoardSeat[];
  /** `loading` until everything is here, also after a lost connection; what is drawn then is sent later. */
  readonly state: "loading" | "ready" | "closed";
  /** From the lowest to the one on top. */
  readonly elements: readonly BoardElement[];
  readonly background: Background;
  /** False for viewers, and after `setReadOnly(true)`. */
  readonly canDraw: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Changes that the gateway does not have yet. */
  readonly pending: number;
}

export interface BoardEvents {
  /** What others show has changed: cursors, laser pointers, strokes while they are drawn. */
  shown: readonly Other[];
  /** A change was refused, and is taken back. */
  problem: ClientError;
  /** The user is not of the board any more, the board is gone, or the session is closed. */
  closed: BoardView;
}

type WithoutPlace<E> = E extends unknown ? Omit<E, "elementId" | "z"> : never;
/** An element before it has its place on the board. */
export type NewElement = WithoutPlace<BoardElement>;

export interface StepOptions {
  /** Undone together with the change before it. */
  readonly more?: boolean;
}

/**
 * An open whiteboard. What is drawn shows at once and is sent in the background; without a connection it is sent when
 * there is one again. Each user undoes only what they did themselves, on this page.
 */
export class Board extends LiveObject<BoardView, BoardEvents> {
  readonly #user: string;
  readonly #wire: BoardWire;
  readonly #document = new BoardDocument();
  readonly #history = new BoardHistory();
  readonly #others = new Others();
  readonly #outbox: Outbox;
  readonly #showing: Showing;
  readonly #sync: BoardSync;
  readonly #offs: (() => void)[];
  #seat = 0;
  #readOnly = false;
  #why: ClientError | undefined;

  constructor(wire: BoardWire, user: string, { boardId, name, members }: BoardInfo) {
    super({
      boardId,
      name,
      members,
      here: [],
      state: "loading",
      elements: [],
      background: noBackground,
      canDraw: false,
      canUndo: false,
      canRedo: false,
      pending: 0,
    });
    this.#user = user;
    this.#wire = wire;
    const document = this.#document;
    const refresh = (): void => this.#refresh();
    this.#outbox = new Outbox({
      wire,
      boardId,
      document,
      refused: (why) => this.emit("problem", why),
      changed: refresh,
    });
    this.#showing = new Showing(wire, boardId);
    this.#sync = new BoardSync({
      wire,
      boardId,
      document,
      opened: (board, seat) => {
        this.#seat = seat;
        this.update({ state: "loading" });
        this.#known(board);
        this.#here(this.view().here);
      },
      drawn: (ids) => {
        this.#others.drawn(ids);
        this.#outbox.progressed();
        this.#refresh();
      },
      caughtUp: () => {
        this.update({ state: "ready" });
        this.#outbox.again();
      },
      lost: (why) => {
        this.#why = why;
        this.#end();
      },
    });
    this.#offs = [
      wire.onEvent((event) => {
        if (event.type === "board.changed" && event.board.boardId === boardId) this.#known(event.board);
        if (event.type === "board.left" && event.boardId === boardId) this.#end();
        if (event.type === "board.here" && event.boardId === boardId) this.#here(event.here);
        if (event.type === "board.shown" && event.boardId === boardId)
          if (this.#others.shown(event.seat, event, wire.channel.clock.monotonic())) this.emit("shown", this.others);
      }),
      wire.channel.onClosed(() => this.#end()),
    ];
  }

  /** Everybody else who has the board open, and what they show. */
  get others(): readonly Other[] {
    return this.#others.all;
  }

  /** Reads the board; `Whiteboard.open` has done so. @throws ClientError as `Whiteboard.open` */
  async load(): Promise<void> {
    await this.#sync.open();
    if (this.#why) throw this.#why;
  }

  /** `element` with an id, above all others: to be shown while it is drawn, and then to be `put`. */
  compose(element: NewElement): BoardElement {
    const top = this.#document.elements.at(-1)?.z ?? 0;
    return { ...element, elementId: this.#wire.channel.newId(), z: Math.min(top + 1, 1_000_000_000) } as BoardElement;
  }

  /** Puts elements on the board, in place of those with the same ids. Does nothing when this page may not draw. */
  put(elements: readonly BoardElement[], { more = false }: StepOptions = {}): void {
    this.#step({ put: elements, remove: [] }, more);
  }

  /** Takes elements away; ids that are not there mean nothing. */
  erase(ids: readonly string[], { more = false }: StepOptions = {}): void {
    const there = ids.filter((id) => this.#document.get(id));
    if (there.length > 0) this.#step({ put: [], remove: there }, more);
  }

  /** Takes away all that this page sees; what others draw at this moment stays. */
  clear(): void {
    this.erase(this.#document.elements.map(({ elementId }) => elementId));
  }

  /** What everything lies on; part of what can be undone. */
  setBackground(background: Background): void {
    this.#step({ put: [], remove: [], background }, false);
  }

  /** Takes back the last step of this page. What others have done since stays. */
  undo(): void {
    this.#again(this.#history.canUndo && this.view().canDraw ? this.#history.undo(this.#document) : undefined);
  }

  redo(): void {
    this.#again(this.#history.canRedo && this.view().canDraw ? this.#history.redo(this.#document) : undefined);
  }

  /** From now on this page only looks. Who is a viewer on this board draws in no case. */
  setReadOnly(on: boolean): void {
    this.#readOnly = on;
    this.#refresh();
  }

  /** Shows others where this page points; null when it does not any more. */
  point(at: Point | null): void {
    if (this.#isWatched) this.#showing.cursor(at);
  }

  /** Shows others a laser pointer: it glows for a second, and nothing stays. */
  pointLaser(at: Point): void {
    if (this.#isWatched) this.#showing.laser(at);
  }

  /** Shows others what is being drawn; null when it was given up. */
  showDraft(element: BoardElement | null): void {
    if (this.#isWatched && this.view().canDraw) this.#showing.draft(element);
  }

  /** Resolves when the gateway has all that this page drew. @throws ClientError `aborted` when the board is closed before */
  async settled(): Promise<void> {
    while (this.view().pending > 0 && this.view().state !== "closed")
      await new Promise<void>((resolve) => {
        const off = this.subscribe(() => {
          off();
          resolve();
        });
      });
    if (this.view().pending > 0)
      throw new ClientError("aborted", { text: "The board was closed before all was sent." });
  }

  /** This page looks no longer. */
  close(): void {
    if (this.view().state === "closed") return;
    this.#wire.ask({ type: "board.close", boardId: this.view().boardId }, "ok").catch(() => {});
    this.#end();
  }

  get #isWatched(): boolean {
    return this.view().state !== "closed" && this.#others.all.length > 0;
  }

  #step(change: Change, more: boolean): void {
    if (!this.view().canDraw) return;
    this.#history.record(change, this.#document, more);
    this.#showing.drawn();
    this.#outbox.add(change);
  }

  #again(change: Change | undefined): void {
    if (change) this.#outbox.add(change);
  }

  #known({ name, members }: BoardInfo): void {
    this.update({ name, members });
    this.#refresh();
  }

  #here(here: readonly BoardSeat[]): void {
    this.#others.here(here, this.#seat);
    this.update({ here: Object.freeze(here) });
    this.emit("shown", this.others);
  }

  #refresh(): void {
    const { members, state } = this.view();
    const { role } = members.find(({ user }) => user === this.#user) ?? {};
    const canDraw = state !== "closed" && !this.#readOnly && role !== undefined && role !== "viewer";
    this.update({
      canDraw,
      canUndo: canDraw && this.#history.canUndo,
      canRedo: canDraw && this.#history.canRedo,
      elements: this.#document.elements,
      background: this.#document.background,
      pending: this.#document.pending.length,
    });
  }

  #end(): void {
    if (this.view().state === "closed") return;
    this.update({ state: "closed", canDraw: false, canUndo: false, canRedo: false, here: [] });
    this.#sync.close();
    this.#outbox.close();
    this.#showing.close();
    for (const off of this.#offs) off();
    this.emit("closed", this.view());
    this.finish();
  }
}

/** Of one board, in elements and bytes; of one picture and one text, in characters. */
export const boardLimits = {
  elements: limits.elements,
  bytes: limits.boardBytes,
  picture: limits.picture,
  text: limits.boardText,
} as const;
