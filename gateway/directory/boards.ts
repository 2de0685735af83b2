import type { UserId } from "./user-id.ts";

/** `domain/id`: domain first, so that tenants never share one. */
export type BoardKey = string;

export const boardKey = (domain: string, id: string): BoardKey => `${domain}/${id}`;

export const boardIdOf = (key: BoardKey): string => key.slice(key.indexOf("/") + 1);

/** Anything that can lie on a board. It is replaced as a whole. */
export interface Piece {
  readonly elementId: string;
}

export interface BoardMember {
  /** `name@domain`. */
  readonly user: string;
  readonly role: "owner" | "editor" | "viewer";
  /** Asked to join, has not answered. */
  readonly invited?: true;
}

export interface BoardMembership {
  readonly name: string;
  readonly members: readonly BoardMember[];
}

export interface KeptBoard extends BoardMembership {
  readonly key: BoardKey;
}

/** One change of what is on a board: all of it, or nothing. */
export interface BoardChange<P extends Piece, Background> {
  /** The same id is the same change. */
  readonly drawId: string;
  readonly put: readonly P[];
  readonly remove: readonly string[];
  readonly background?: Background;
}

/** What became different, up to change `number`; of each piece only how it is now. */
export interface BoardPart<P extends Piece, Background> {
  readonly number: number;
  readonly put: readonly P[];
  readonly remove: readonly string[];
  readonly background?: Background;
  /** It is not known any more what became different: what was known before counts no longer. */
  readonly whole: boolean;
  /** Number of the last change; there is more to read when it is not `number`. */
  readonly latest: number;
}

export interface BoardLimits {
  /** Pieces of one board. */
  readonly elements: number;
  /** Of its pieces and background, as JSON. */
  readonly bytes: number;
  /** Milliseconds after its last change; then `prune` deletes a board. */
  readonly age: number;
}

/**
 * Boards, their members, and what is on them. Changes of one board come one after another, numbered from 1. A method
 * that changes something resolves when it is kept, and rejects when it is not.
 */
export interface Boards<P extends Piece, Background> {
  membership(key: BoardKey): Promise<BoardMembership | undefined>;
  /**
   * Sets name and members in one step; `undefined` from `change` leaves all as it is, and no members delete the board.
   */
  settle(
    key: BoardKey,
    change: (now: BoardMembership | undefined) => BoardMembership | undefined,
  ): Promise<BoardMembership | undefined>;
  /** The user's boards, the one that changed last first; those it is invited to too. */
  of(user: UserId): Promise<readonly KeptBoard[]>;
  /**
   * `fresh` is false when the change was made before: `number` is then what it got. `full`: the board would become
   * larger than it may; nothing was changed. Undefined when there is no such board.
   */
  draw(
    key: BoardKey,
    change: BoardChange<P, Background>,
  ): Promise<{ readonly number: number; readonly fresh: boolean } | "full" | undefined>;
  /**
   * What became different after change `since`: about `bytes` of it, whole changes, at least one. `began`: what `latest`
   * was in the first part of a reading that started anew; of what went before then nothing need be known.
   */
  read(key: BoardKey, since: number, bytes: number, began?: number): Promise<BoardPart<P, Background> | undefined>;
  /** Deletes what nobody has changed for too long. */
  prune(): Promise<void>;
}
