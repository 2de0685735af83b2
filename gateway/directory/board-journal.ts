import type { BoardMember } from "./boards.ts";
import type { Journal } from "./journal.ts";

/** What is remembered of a change for a while: a page that sends it again, or has missed it, is then answered right. */
export interface RecentDraw {
  readonly number: number;
  readonly drawId: string;
  readonly removed: readonly string[];
}

/** Everything that ever changes a board; plain values. `at`: milliseconds since the epoch. */
export type BoardEntry<P, Background> =
  | { readonly is: "members"; readonly name: string; readonly members: readonly BoardMember[]; readonly at: number }
  | {
      readonly is: "draw";
      readonly number: number;
      readonly drawId: string;
      readonly put: readonly P[];
      readonly remove: readonly string[];
      readonly background?: Background;
      readonly at: number;
    }
  /** Numbers go on from here; removals up to `forgotten` are not known one by one. */
  | {
      readonly is: "recent";
      readonly number: number;
      readonly forgotten: number;
      readonly draws: readonly RecentDraw[];
      readonly at: number;
    };

export type BoardJournal<P, Background> = Journal<BoardEntry<P, Background>>;
