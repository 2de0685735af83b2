import { uuid } from "../base/ids.ts";
import {
  boardIdOf,
  boardKey,
  type BoardMember,
  type BoardMembership,
  type Boards,
  type Piece,
} from "../directory/boards.ts";
import { parseUserId, printUserId } from "../directory/user-id.ts";
import type { BoardEvent } from "../protocol/server-frame.ts";
import { limits } from "../protocol/version.ts";
import type { BoardInfo, BoardRole } from "../protocol/whiteboard-values.ts";
import { asOwner, invitable, isOwner, memberOf, withoutMember } from "./membership.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { MessagingRefusal, noSuchUser } from "./refusal.ts";
import { Views } from "./views.ts";

export interface BoardRoomsParts extends Pick<MessagingParts, "accounts" | "tell" | "isHere"> {
  readonly boards: Boards<Piece, unknown>;
  /** The user is not of the board any more. */
  left(key: string, user: string): void;
}

/** Somebody else's board is answered like one that never was. */
export const noSuchBoard = (): MessagingRefusal => new MessagingRefusal("bad-target", "There is no such board.");

/**
 * Who may see and draw on a board. Owners invite, give roles and take out; everybody answers an invitation and leaves
 * for themselves. Each change is told to all members and to who is invited.
 */
export class BoardRooms {
  readonly #parts: BoardRoomsParts;
  readonly #views: Views;

  constructor(parts: BoardRoomsParts) {
    this.#parts = parts;
    this.#views = new Views(parts.accounts);
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` for who is in too many */
  async create(actor: Actor, name: string, users: readonly string[], role: BoardRole): Promise<BoardInfo> {
    if ((await this.#parts.boards.of(actor.user)).length >= limits.boards)
      throw new MessagingRefusal("not-allowed", "You are in too many whiteboards.");
    const owner = printUserId(actor.user);
    const guests = await this.#guests(actor, users, role);
    const members: BoardMember[] = [{ user: owner, role: "owner" }, ...guests.filter(({ user }) => user !== owner)];
    const board = await this.#settle(actor, uuid(), () => ({ name, members }));
    if (!board) throw noSuchBoard();
    return board;
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` */
  async invite(actor: Actor, boardId: string, users: readonly string[], role: BoardRole): Promise<void> {
    const guests = await this.#guests(actor, users, role);
    await this.#settle(actor, boardId, ({ name, members }) => {
      asOwner(members, actor, noSuchBoard);
      const fresh = guests.filter(({ user }) => !memberOf(members, user));
      if (members.length + fresh.length > limits.members)
        throw new MessagingRefusal("not-allowed", `A board has at most ${limits.members} members.`);
      return { name, members: [...members, ...fresh] };
    });
  }

  /** @throws MessagingRefusal `bad-target` when there is no such invitation */
  async answer(actor: Actor, boardId: string, accept: boolean): Promise<void> {
    const user = printUserId(actor.user);
    await this.#settle(actor, boardId, ({ name, members }) => {
      const member = memberOf(members, user);
      if (!member?.invited) throw noSuchBoard();
      if (!accept) return { name, members: withoutMember(members, user) };
      return { name, members: members.map((one) => (one === member ? { user, role: one.role } : one)) };
    });
  }

  /** @throws MessagingRefusal `bad-target` */
  async leave(actor: Actor, boardId: string): Promise<void> {
    const user = printUserId(actor.user);
    await this.#settle(actor, boardId, ({ name, members }) => {
      if (!memberOf(members, user)) throw noSuchBoard();
      return { name, members: withoutMember(members, user) };
    });
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed` */
  async remove(actor: Actor, boardId: string, user: string): Promise<void> {
    await this.#settle(actor, boardId, ({ name, members }) => {
      asOwner(members, actor, noSuchBoard);
      if (!memberOf(members, user)) throw noSuchUser(user);
      return { name, members: withoutMember(members, user) };
    });
  }

  /** @throws MessagingRefusal `bad-target`, `not-allowed`; `wrong-state` when no owner would be left */
  async promote(actor: Actor, boardId: string, user: string, role: BoardRole): Promise<void> {
    await this.#settle(actor, boardId, ({ name, members: before }) => {
      asOwner(before, actor, noSuchBoard);
      if (!memberOf(before, user)) throw noSuchUser(user);
      const members = before.map((one) => (one.user === user ? { ...one, role } : one));
      if (!members.some(isOwner)) throw new MessagingRefusal("wrong-state", "A board keeps at least one owner.");
      return { name, members };
    });
  }

  /** The user's boards, and those that the user is invited to; the one that changed last first. */
  async list({ user }: Actor): Promise<readonly BoardInfo[]> {
    const kept = await this.#parts.boards.of(user);
    return Promise.all(kept.map((board) => this.info(boardIdOf(board.key), board)));
  }

  /** What a member of the board may do there, with the board. @throws MessagingRefusal `bad-target` */
  async member(
    { user }: Actor,
    boardId: string,
  ): Promise<{ readonly role: BoardRole; readonly board: BoardMembership }> {
    const board = await this.#parts.boards.membership(boardKey(user.domain, boardId));
    const member = board && memberOf(board.members, printUserId(user));
    if (!member || member.invited) throw noSuchBoard();
    return { role: member.role, board };
  }

  async info(boardId: string, { name, members }: BoardMembership): Promise<BoardInfo> {
    const named = members.map(async (member) => {
      const known = await this.#views.nameOf(member.user);
      return { ...member, ...(known !== undefined && { name: known }) };
    });
    return { boardId, name, members: await Promise.all(named) };
  }

  /** One change of a board, which has no members when there is none; then everybody is told. */
  async #settle(
    { user }: Actor,
    boardId: string,
    change: (now: BoardMembership) => BoardMembership,
  ): Promise<BoardInfo | undefined> {
    const key = boardKey(user.domain, boardId);
    let before: readonly BoardMember[] = [];
    const now = await this.#parts.boards.settle(key, (known) => {
      before = known?.members ?? [];
      return change(known ?? { name: "", members: [] });
    });
    const members = now?.members ?? [];
    for (const gone of before) {
      if (memberOf(members, gone.user)) continue;
      this.#parts.left(key, gone.user);
      this.#tell(gone.user, { type: "board.left", boardId });
    }
    const board = now && (await this.info(boardId, now));
    if (board) for (const member of members) this.#tell(member.user, { type: "board.changed", board });
    return board;
  }

  async #guests({ user }: Actor, users: readonly string[], role: BoardRole): Promise<readonly BoardMember[]> {
    const found = await invitable(this.#parts, user.domain, users);
    return found.map((guest) => ({ user: guest, role, invited: true }));
  }

  #tell(user: string, event: BoardEvent): void {
    const id = parseUserId(user);
    if (id) this.#parts.tell(id, event);
  }
}
