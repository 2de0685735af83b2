import type { Timer } from "../../gateway/base/clock.ts";
import { limits } from "../../gateway/protocol/version.ts";
import type { BoardElement, Draft, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { rounded } from "./element.ts";
import type { BoardWire } from "./wire.ts";

/** How often others are shown what happens here, in milliseconds. */
const everyMs = 60;

/** What this page shows others for a moment, gathered: where it points, and what is being drawn. */
export class Showing {
  readonly #wire: BoardWire;
  readonly #boardId: string;
  #cursor: Point | null | undefined;
  #draft: BoardElement | null | undefined;
  #laser: Point[] = [];
  /** The stroke that others see growing, and how many of its points they have. */
  #grown: { readonly id: string; readonly points: number } | undefined;
  #timer: Timer | undefined;

  constructor(wire: BoardWire, boardId: string) {
    this.#wire = wire;
    this.#boardId = boardId;
  }

  cursor(point: Point | null): void {
    this.#cursor = point && rounded(point);
    this.#later();
  }

  draft(element: BoardElement | null): void {
    this.#draft = element;
    this.#later();
  }

  laser(point: Point): void {
    this.#laser = [...this.#laser, rounded(point)].slice(-limits.trail);
    this.cursor(point);
  }

  /** What was being drawn is drawn: others see it by other means. */
  drawn(): void {
    this.#draft = undefined;
    this.#grown = undefined;
  }

  close(): void {
    this.#timer?.cancel();
  }

  #later(): void {
    this.#timer ??= this.#wire.channel.clock.after(everyMs, () => {
      this.#timer = undefined;
      this.#send();
    });
  }

  /** What does not come through is not missed: the next one says where things are. */
  #send(): void {
    const [cursor, draft, laser] = [this.#cursor, this.#draft, this.#laser];
    this.#cursor = this.#draft = undefined;
    this.#laser = [];
    if (cursor === undefined && draft === undefined && laser.length === 0) return;
    const shown = {
      ...(cursor !== undefined && { cursor }),
      ...(draft !== undefined && { draft: draft && this.#growing(draft) }),
      ...(laser.length > 0 && { laser }),
    };
    this.#wire.ask({ type: "board.show", boardId: this.#boardId, ...shown }, "ok").catch(() => {});
  }

  #growing(element: BoardElement): Draft {
    if (element.kind !== "stroke") return { element, from: 0 };
    const from = this.#grown?.id === element.elementId ? Math.min(this.#grown.points, element.points.length - 1) : 0;
    this.#grown = { id: element.elementId, points: element.points.length };
    return { element: { ...element, points: element.points.slice(from) }, from };
  }
}
