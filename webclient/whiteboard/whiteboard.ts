import type { BoardInfo, BoardMember, BoardRole, BoardSeat } from "../../gateway/protocol/whiteboard-values.ts";
import { LiveObject, type Session } from "../index.ts";
import { Board } from "./board.ts";
import { BoardWire } from "./wire.ts";

export type { BoardInfo, BoardMember, BoardRole, BoardSeat };

export interface WhiteboardView {
  /** The user's boards, and those that the user is invited to. */
  readonly boards: readonly BoardInfo[];
}

export interface WhiteboardEvents {
  /** Somebody asks the user to draw with them. */
  invited: BoardInfo;
  /** A board is new or its members changed; without `board` the user is no longer of it. */
  board: { readonly boardId: string; readonly board?: BoardInfo };
}

const isInvited = ({ members }: BoardInfo, user: string): boolean =>
  members.some((one) => one.user === user && one.invited);

/** The user's whiteboards: who is on them, and the way to open one. */
export class Whiteboard extends LiveObject<WhiteboardView, WhiteboardEvents> {
  readonly #session: Session;
  readonly #wire: BoardWire;
  readonly #offs: (() => void)[];
  /** Resolves when `boards` is known. Never rejects. */
  readonly ready: Promise<void>;

  /** Of who is signed in; one a session is enough. */
  constructor(session: Session) {
    super({ boards: Object.freeze([]) });
    this.#session = session;
    this.#wire = new BoardWire(session);
    this.#offs = [
      this.#wire.onEvent((event) => {
        if (event.type === "board.changed") this.#changed(event.board);
        if (event.type === "board.left") this.#left(event.boardId);
      }),
      this.#wire.channel.onAgain((how) => void (how === "opened" && this.#list())),
      this.#wire.channel.onClosed(() => this.close()),
    ];
    this.ready = this.#list();
  }

  /**
   * A new board; `users` of the own domain are invited to the role (default `editor`).
   * @throws ClientError `bad-target`, `not-allowed` for who has 100 boards, `rate-limited`, `unreachable`
   */
  async create(name: string, users: readonly string[] = [], role: BoardRole = "editor"): Promise<BoardInfo> {
    const { board } = await this.#wire.ask({ type: "board.create", name, users: [...users], role }, "board.created");
    this.#changed(board);
    return board;
  }

  /** Owners invite. @throws ClientError `bad-target`, `not-allowed` */
  async invite(boardId: string, users: readonly string[], role: BoardRole = "editor"): Promise<void> {
    await this.#wire.ask({ type: "board.invite", boardId, users: [...users], role }, "ok");
  }

  /** The answer to an invitation. @throws ClientError `bad-target` when there is none */
  async answer(boardId: string, accept: boolean): Promise<void> {
    await this.#wire.ask({ type: "board.answer", boardId, accept }, "ok");
  }

  /** The last member's leaving deletes the board. @throws ClientError `bad-target` */
  async leave(boardId: string): Promise<void> {
    await this.#wire.ask({ type: "board.leave", boardId }, "ok");
  }

  /** Owners take members out, and invitations back. @throws ClientError `bad-target`, `not-allowed` */
  async remove(boardId: string, user: string): Promise<void> {
    await this.#wire.ask({ type: "board.remove", boardId, user }, "ok");
  }

  /** Owners give roles. @throws ClientError `bad-target`, `not-allowed`, `aborted` for the last owner */
  async setRole(boardId: string, user: string, role: BoardRole): Promise<void> {
    await this.#wire.ask({ type: "board.promote", boardId, user, role }, "ok");
  }

  /** Resolves when all that is on the board is here. @throws ClientError `bad-target` for who is no member of it */
  async open(boardId: string): Promise<Board> {
    const board = new Board(this.#wire, this.#session.view().user, { boardId, name: "", members: [] });
    await board.load();
    return board;
  }

  /** Hears no more of boards; those that are open stay so. */
  close(): void {
    for (const off of this.#offs.splice(0)) off();
    this.finish();
  }

  async #list(): Promise<void> {
    const listed = await this.#wire.ask({ type: "board.list" }, "boards").catch(() => undefined);
    if (!listed) return;
    const { user } = this.#session.view();
    const known = new Set(this.view().boards.map(({ boardId }) => boardId));
    this.update({ boards: Object.freeze(listed.boards) });
    for (const board of listed.boards)
      if (!known.has(board.boardId) && isInvited(board, user)) this.emit("invited", board);
  }

  #changed(board: BoardInfo): void {
    const { boards } = this.view();
    const before = boards.find(({ boardId }) => boardId === board.boardId);
    this.update({ boards: Object.freeze([board, ...boards.filter((one) => one !== before)]) });
    this.emit("board", { boardId: board.boardId, board });
    const { user } = this.#session.view();
    if (isInvited(board, user) && !(before && isInvited(before, user))) this.emit("invited", board);
  }

  #left(boardId: string): void {
    this.update({ boards: Object.freeze(this.view().boards.filter((one) => one.boardId !== boardId)) });
    this.emit("board", { boardId });
  }
}
