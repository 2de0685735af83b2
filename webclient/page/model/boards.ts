import type { ClientError, Session } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import { Whiteboard, type Board, type BoardInfo } from "../../whiteboard/index.ts";
import type { Notices } from "./notices.ts";
import type { Places } from "./places.ts";

export interface BoardsView {
  /** The one that is new or changed last first; those that the user is invited to are among them. */
  readonly boards: readonly BoardInfo[];
  /** Invitations that came while the page was open, and were neither answered nor put off. */
  readonly calling: readonly BoardInfo[];
  readonly open?: Board | undefined;
}

/** The user's whiteboards, and the one that is looked at. */
export class Boards extends LiveObject<BoardsView, Record<never, never>> {
  readonly #notices: Notices;
  readonly #places: Places;
  #whiteboard: Whiteboard | undefined;
  #user = "";

  constructor(notices: Notices, places: Places) {
    super({ boards: [], calling: [] });
    this.#notices = notices;
    this.#places = places;
  }

  adopt(session: Session): void {
    this.#whiteboard?.close();
    this.#whiteboard = undefined;
    this.update({ boards: [], calling: [], open: undefined });
    const { guest, user } = session.view();
    if (guest) return;
    this.#user = user;
    const whiteboard = (this.#whiteboard = new Whiteboard(session));
    whiteboard.subscribe(() => this.#changed(whiteboard.view().boards));
    whiteboard.on("invited", (board) => this.update({ calling: [...this.view().calling, board] }));
  }

  isInvited({ members }: BoardInfo): boolean {
    return members.some(({ user, invited }) => invited && user === this.#user);
  }

  isOwner({ members }: BoardInfo): boolean {
    return members.some(({ user, role, invited }) => !invited && role === "owner" && user === this.#user);
  }

  get invitations(): number {
    return this.view().boards.filter((board) => this.isInvited(board)).length;
  }

  find(boardId: string): BoardInfo | undefined {
    return this.view().boards.find((board) => board.boardId === boardId);
  }

  /** Goes to the board of just these people, which is made when there is none. */
  async drawWith(users: readonly string[], name: string): Promise<void> {
    const wanted = [...new Set([this.#user, ...users])].sort().join();
    const known = this.view().boards.find(
      ({ members }) =>
        members
          .map(({ user }) => user)
          .sort()
          .join() === wanted,
    );
    await this.#try(async (whiteboard) => {
      const { boardId } =
        known ??
        (await whiteboard.create(
          name,
          users.filter((user) => user !== this.#user),
        ));
      this.#places.go("boards", boardId);
    });
  }

  /** Shows a board; who is invited to it joins. */
  async show(boardId: string): Promise<void> {
    if (this.view().open?.view().boardId === boardId) return;
    this.hide();
    await this.#try(async (whiteboard) => {
      await whiteboard.ready;
      const known = this.find(boardId);
      if (known && this.isInvited(known)) await whiteboard.answer(boardId, true);
      const open = await whiteboard.open(boardId);
      open.on("problem", (why) => this.#notices.tell(why));
      open.on("closed", () => {
        if (this.view().open === open) this.#gone(boardId);
      });
      // The user may have gone elsewhere meanwhile.
      if (this.#places.view().item === boardId) this.update({ open });
      else open.close();
    }, boardId);
  }

  /** Nothing is looked at any more. */
  hide(): void {
    const { open } = this.view();
    this.update({ open: undefined });
    open?.close();
  }

  async answer(boardId: string, accept: boolean): Promise<void> {
    this.putOff(boardId);
    if (accept) this.#places.go("boards", boardId);
    else await this.#try((whiteboard) => whiteboard.answer(boardId, false));
  }

  putOff(boardId: string): void {
    this.update({ calling: this.view().calling.filter((board) => board.boardId !== boardId) });
  }

  invite(boardId: string, user: string): Promise<void> {
    return this.#try((whiteboard) => whiteboard.invite(boardId, [user]));
  }

  remove(boardId: string, user: string): Promise<void> {
    return this.#try((whiteboard) => whiteboard.remove(boardId, user));
  }

  setViewer(boardId: string, user: string, viewer: boolean): Promise<void> {
    return this.#try((whiteboard) => whiteboard.setRole(boardId, user, viewer ? "viewer" : "editor"));
  }

  leave(boardId: string): Promise<void> {
    return this.#try((whiteboard) => whiteboard.leave(boardId));
  }

  #changed(boards: readonly BoardInfo[]): void {
    const ids = new Set(boards.filter((board) => this.isInvited(board)).map(({ boardId }) => boardId));
    this.update({ boards, calling: this.view().calling.filter(({ boardId }) => ids.has(boardId)) });
  }

  #gone(boardId: string): void {
    this.update({ open: undefined });
    const { tab, item } = this.#places.view();
    if (tab === "boards" && item === boardId) this.#places.replace("boards");
  }

  async #try(work: (whiteboard: Whiteboard) => Promise<unknown>, boardId?: string): Promise<void> {
    if (!this.#whiteboard) return;
    await work(this.#whiteboard).catch((thrown: ClientError) => {
      this.#notices.tell(thrown);
      if (boardId !== undefined) this.#gone(boardId);
    });
  }
}
