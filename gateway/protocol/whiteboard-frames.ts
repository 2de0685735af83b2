import { Type } from "@sinclair/typebox";
import { request } from "./request.ts";
import { Address } from "./values.ts";
import { limits } from "./version.ts";
import {
  Background,
  BoardElement,
  BoardId,
  BoardName,
  BoardRole,
  Draft,
  ElementId,
  Point,
} from "./whiteboard-values.ts";

const Users = Type.Array(Address, { maxItems: limits.members - 1 });

/** The asker is its owner, `users` are invited to the role (default `editor`). Answered by `board.created`. */
export const BoardCreate = request("board.create", { name: BoardName, users: Users, role: Type.Optional(BoardRole) });

/** Owners invite; role as with `board.create`. */
export const BoardInvite = request("board.invite", { boardId: BoardId, users: Users, role: Type.Optional(BoardRole) });

/** The answer to an invitation. */
export const BoardAnswer = request("board.answer", { boardId: BoardId, accept: Type.Boolean() });

/** The last owner's leaving makes the oldest member the owner; the last member's deletes the board. */
export const BoardLeave = request("board.leave", { boardId: BoardId });

/** Owners take members out, and invitations back. */
export const BoardRemove = request("board.remove", { boardId: BoardId, user: Address });

/** Owners give roles: a viewer can only look. */
export const BoardPromote = request("board.promote", { boardId: BoardId, user: Address, role: BoardRole });

/** The user's boards, and those that the user is invited to. Answered by `boards`. */
export const BoardList = request("board.list", {});

/** From now on this page is told what happens on the board. Answered by `board.opened`. */
export const BoardOpen = request("board.open", { boardId: BoardId });

export const BoardClose = request("board.close", { boardId: BoardId });

const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * What became different after change number `since`, oldest first; from 0 everything. Answered by `board.part`; the next
 * part is asked for by its `number`, with its `latest` as `began` after one that was `whole`.
 */
export const BoardRead = request("board.read", { boardId: BoardId, since: Version, began: Type.Optional(Version) });

/**
 * Puts elements there, in place of those with the same ids, and takes others away: all or nothing, at most
 * `limits.draw` bytes. Answered by `board.accepted` once it is kept. The same `drawId` again is the same change.
 */
export const BoardDraw = request("board.draw", {
  boardId: BoardId,
  drawId: ElementId,
  put: Type.Optional(Type.Array(BoardElement, { maxItems: limits.put })),
  remove: Type.Optional(Type.Array(ElementId, { maxItems: limits.remove })),
  background: Type.Optional(Background),
});

/** What a board shows for a moment; nothing of it is kept. Absent: as before. */
export const shown = {
  /** Where the pointer is; null when it has left. */
  cursor: Type.Optional(Type.Union([Point, Type.Null()])),
  /** What is being drawn; null when that was given up. */
  draft: Type.Optional(Type.Union([Draft, Type.Null()])),
  /** Where a laser pointer has been since the last frame. */
  laser: Type.Optional(Type.Array(Point, { maxItems: limits.trail })),
};

export const BoardShow = request("board.show", { boardId: BoardId, ...shown });

export const all = [
  BoardCreate,
  BoardInvite,
  BoardAnswer,
  BoardLeave,
  BoardRemove,
  BoardPromote,
  BoardList,
  BoardOpen,
  BoardClose,
  BoardRead,
  BoardDraw,
  BoardShow,
] as const;
