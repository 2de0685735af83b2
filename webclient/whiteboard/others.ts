import type { Shown } from "../../gateway/protocol/server-frame.ts";
import type { BoardElement, BoardSeat, Point } from "../../gateway/protocol/whiteboard-values.ts";

/** Another page that has the board open, and what it shows now. */
export interface Other extends BoardSeat {
  readonly cursor?: Point;
  /** What is being drawn there. */
  readonly draft?: BoardElement;
  /** Where its laser pointer was a moment ago, oldest first; empty when it is off. */
  readonly laser: readonly LaserPoint[];
}

export interface LaserPoint {
  readonly point: Point;
  /** By a clock that never jumps, in milliseconds. */
  readonly at: number;
}

/** How long the trail of a laser pointer glows, in milliseconds. */
export const glowMs = 900;

/** Everybody else on a board. */
export class Others {
  readonly #others = new Map<number, Other>();

  get all(): readonly Other[] {
    return [...this.#others.values()];
  }

  /** Who is there; without `own`, this page's seat. */
  here(seats: readonly BoardSeat[], own: number): void {
    for (const seat of [...this.#others.keys()])
      if (seat === own || !seats.some((one) => one.seat === seat)) this.#others.delete(seat);
    for (const seat of seats)
      if (seat.seat !== own) this.#others.set(seat.seat, { laser: [], ...this.#others.get(seat.seat), ...seat });
  }

  /** False for one that is not known to be there. */
  shown(seat: number, { cursor, draft, laser = [] }: Shown, now: number): boolean {
    const before = this.#others.get(seat);
    if (!before) return false;
    const { cursor: _cursor, draft: _draft, ...rest } = before;
    const at = cursor === undefined ? before.cursor : (cursor ?? undefined);
    const drawing = draft === undefined ? before.draft : draft === null ? undefined : grown(before.draft, draft);
    const glowing = before.laser.filter((point) => now - point.at < glowMs);
    this.#others.set(seat, {
      ...rest,
      ...(at && { cursor: at }),
      ...(drawing && { draft: drawing }),
      laser: [...glowing, ...laser.map((point) => ({ point, at: now }))],
    });
    return true;
  }

  /** These are drawn to their end. */
  drawn(ids: readonly string[]): void {
    for (const [seat, { draft, ...rest }] of this.#others)
      if (draft && ids.includes(draft.elementId)) this.#others.set(seat, rest);
  }
}

/** A stroke comes in pieces; one that is missing costs the rest, until the whole stroke is there. */
function grown(
  before: BoardElement | undefined,
  { element, from }: { readonly element: BoardElement; readonly from: number },
): BoardElement | undefined {
  if (from === 0 || element.kind !== "stroke") return element;
  if (before?.kind !== "stroke" || before.elementId !== element.elementId || before.points.length < from) return before;
  return { ...element, points: [...before.points.slice(0, from), ...element.points] };
}
