import { limits } from "../../gateway/protocol/version.ts";
import type { BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import type { Board } from "./board.ts";
import { rounded, type ShapeKind } from "./element.ts";
import { touches } from "./touching.ts";

export const tools = ["pen", "eraser", "line", "arrow", "rectangle", "ellipse", "text", "laser", "pan"] as const;
export type Tool = (typeof tools)[number];

/** What is drawn with. */
export interface Pencil {
  readonly tool: Tool;
  /** `#rrggbb`, lower case. */
  readonly color: string;
  /** Width of lines, in pixels of the board. */
  readonly size: number;
}

/** Pixels of the screen that a hand trembles, and that an eraser reaches. */
const tremble = 0.8;
const reach = 10;

/** Makes strokes and shapes of what a pointer does. Knows no pointer: points are those of the board. */
export class Hand {
  readonly #board: Board;
  readonly #pencil: () => Pencil;
  /** Pixels of the screen in one of the board. */
  readonly #scale: () => number;
  #draft: BoardElement | undefined;
  #last: Point | undefined;
  /** The step of this movement has begun: what follows is undone with it. */
  #begun = false;

  constructor(board: Board, pencil: () => Pencil, scale: () => number) {
    this.#board = board;
    this.#pencil = pencil;
    this.#scale = scale;
  }

  /** What is being drawn. */
  get draft(): BoardElement | undefined {
    return this.#draft;
  }

  /** The pointer went down. False for a tool that does not draw, and on a board that is only looked at. */
  down(point: Point): boolean {
    const { tool, color, size } = this.#pencil();
    if (tool === "laser") this.#board.pointLaser(point);
    else if (!this.#board.view().canDraw || tool === "pan" || tool === "text") return false;
    this.#begun = false;
    this.#last = point;
    const at = rounded(point);
    if (tool === "pen") this.#draft = this.#board.compose({ kind: "stroke", color, size, points: [at] });
    else if (isShape(tool)) this.#draft = this.#board.compose({ kind: tool, color, size, points: [at, at] });
    else if (tool === "eraser") this.#erase(point, point);
    return true;
  }

  /** It moved through `points`. `straight`: shapes are regular, lines turn by 45 degrees. */
  move(points: readonly Point[], straight = false): void {
    const last = points.at(-1);
    if (!this.#last || !last) return;
    const { tool } = this.#pencil();
    if (tool === "eraser")
      for (const point of points) {
        this.#erase(this.#last, point);
        this.#last = point;
      }
    else if (tool === "laser") points.forEach((point) => this.#board.pointLaser(point));
    else if (this.#draft?.kind === "stroke") this.#draw(points);
    else if (this.#draft && isShape(this.#draft.kind)) this.#span(last, straight);
    if (this.#draft) this.#board.showDraft(this.#draft);
  }

  /** It went up: what was drawn is on the board. A shape without extent is nothing. */
  up(): void {
    const draft = this.#draft;
    this.#end();
    if (!draft) return;
    const [[ax, ay] = [0, 0], end] = draft.points;
    if (draft.kind !== "stroke" && end && ax === end[0] && ay === end[1]) return this.#board.showDraft(null);
    this.#board.put([draft], { more: this.#begun });
  }

  /** It was no drawing after all. */
  cancel(): void {
    if (this.#draft) this.#board.showDraft(null);
    this.#end();
  }

  #end(): void {
    this.#draft = undefined;
    this.#last = undefined;
  }

  #draw(points: readonly Point[]): void {
    for (const point of points) {
      const draft = this.#draft;
      if (draft?.kind !== "stroke" || !this.#last || apart(point, this.#last) * this.#scale() < tremble) continue;
      this.#last = point;
      const grown = { ...draft, points: [...draft.points, rounded(point)] };
      this.#draft = grown;
      if (grown.points.length < limits.points) continue;
      // A stroke has an end; who draws on does not notice.
      this.#board.put([grown], { more: this.#begun });
      this.#begun = true;
      const { kind, color, size } = grown;
      this.#draft = this.#board.compose({ kind, color, size, points: [rounded(point)] });
    }
  }

  #span(to: Point, straight: boolean): void {
    const draft = this.#draft;
    if (!draft || !isShape(draft.kind)) return;
    const [from = to] = draft.points;
    const end = straight ? straightened(from, to, draft.kind) : to;
    this.#draft = { ...draft, points: [from, rounded(end)] } as BoardElement;
  }

  /** All that lies between two points. */
  #erase(from: Point, to: Point): void {
    const radius = reach / this.#scale();
    const steps = Math.max(1, Math.ceil(apart(from, to) / radius));
    const way = Array.from({ length: steps }, (_, step): Point => {
      const part = (step + 1) / steps;
      return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
    });
    const { elements } = this.#board.view();
    const touched = elements.filter((element) => way.some((point) => touches(element, point, radius)));
    if (touched.length === 0) return;
    this.#board.erase(
      touched.map(({ elementId }) => elementId),
      { more: this.#begun },
    );
    this.#begun = true;
  }
}

const isShape = (kind: string): kind is ShapeKind => ["line", "arrow", "rectangle", "ellipse"].includes(kind);

const apart = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(bx - ax, by - ay);

function straightened([fx, fy]: Point, [x, y]: Point, kind: ShapeKind): Point {
  const [dx, dy] = [x - fx, y - fy];
  if (kind === "rectangle" || kind === "ellipse") {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    return [fx + side * Math.sign(dx || 1), fy + side * Math.sign(dy || 1)];
  }
  const turn = (Math.round((Math.atan2(dy, dx) / Math.PI) * 4) / 4) * Math.PI;
  const length = Math.hypot(dx, dy);
  return [fx + length * Math.cos(turn), fy + length * Math.sin(turn)];
}
