import type { Background, BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";

export type { Background, BoardElement, Point };
export type ElementKind = BoardElement["kind"];
export type ShapeKind = Extract<BoardElement, { points: [Point, Point]; color: string }>["kind"];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const noBackground: Background = Object.freeze({ paper: "plain" });

/** From the lowest to the one on top. */
export const byHeight = (a: BoardElement, b: BoardElement): number =>
  a.z - b.z || (a.elementId < b.elementId ? -1 : Number(a.elementId !== b.elementId));

/** A tenth of a pixel is more than anybody sees, and less to send. */
const tenth = (value: number): number => Math.round(value * 10) / 10;
export const rounded = ([x, y]: Point): Point => [tenth(x), tenth(y)];

/** Heights of text lines, in heights of the letters. */
export const lineHeight = 1.3;
/** How wide a letter is on average, in heights of the letters: nobody can measure text without a screen. */
const letterWidth = 0.56;

/** What an element covers, its line's width included. */
export function boundsOf(element: BoardElement): Box {
  if (element.kind === "text") {
    const [[left, top]] = element.points;
    const lines = element.text.split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    const { size } = element;
    return { left, top, right: left + longest * size * letterWidth, bottom: top + lines.length * size * lineHeight };
  }
  const margin =
    "size" in element ? element.size / 2 + (element.kind === "arrow" ? headLength(element.size) / 2 : 0) : 0;
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of element.points) {
    box.left = Math.min(box.left, x - margin);
    box.top = Math.min(box.top, y - margin);
    box.right = Math.max(box.right, x + margin);
    box.bottom = Math.max(box.bottom, y + margin);
  }
  return box;
}

/** Of an arrow's head. */
export const headLength = (size: number): number => 8 + size * 3;

/** What all cover together; undefined when there is nothing. */
export function boundsOfAll(elements: readonly BoardElement[]): Box | undefined {
  const [first, ...others] = elements.map(boundsOf);
  return (
    first &&
    others.reduce(
      (all, box) => ({
        left: Math.min(all.left, box.left),
        top: Math.min(all.top, box.top),
        right: Math.max(all.right, box.right),
        bottom: Math.max(all.bottom, box.bottom),
      }),
      first,
    )
  );
}
