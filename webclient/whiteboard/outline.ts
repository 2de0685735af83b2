import { headLength, type BoardElement, type Point } from "./element.ts";

/** What has an outline: everything but text and images. */
export type Outlined = Extract<BoardElement, { kind: "stroke" | "line" | "arrow" | "rectangle" | "ellipse" }>;

export const isOutlined = (element: BoardElement): element is Outlined =>
  element.kind !== "text" && element.kind !== "image";

const at = (value: number): string => String(Math.round(value * 100) / 100);
const to = ([x, y]: Point): string => `${at(x)} ${at(y)}`;
const middle = ([ax, ay]: Point, [bx, by]: Point): Point => [(ax + bx) / 2, (ay + by) / 2];

/** A path in the language that SVG and canvas share (SVG 2, 9.3). */
export function outlineOf(element: Outlined): string {
  if (element.kind === "stroke") return strokeOf(element.points);
  const [from, end] = element.points;
  switch (element.kind) {
    case "line":
      return `M${to(from)}L${to(end)}`;
    case "arrow":
      return `M${to(from)}L${to(end)}${headOf(from, end, element.size)}`;
    case "rectangle":
      return `M${to(from)}H${at(end[0])}V${at(end[1])}H${at(from[0])}Z`;
    case "ellipse":
      return ellipseOf(from, end);
  }
}

/** Curves through the middles of a hand's points, which are bent there and not broken. */
function strokeOf(points: readonly Point[]): string {
  const [first = [0, 0], ...rest] = points;
  const last = rest.at(-1);
  // A line of no length would not be drawn.
  if (!last) return `M${to(first)}h0.01`;
  const curves = rest.slice(0, -1).map((point, index) => `Q${to(point)} ${to(middle(point, rest[index + 1] ?? last))}`);
  return `M${to(first)}${curves.join("")}L${to(last)}`;
}

/** Two lines back from the point, each 27 degrees off; a short arrow has a short head. */
function headOf([fx, fy]: Point, [x, y]: Point, size: number): string {
  const angle = Math.atan2(y - fy, x - fx);
  const length = Math.min(headLength(size), Math.hypot(x - fx, y - fy) * 0.6);
  const wing = (turn: number): Point => [x - length * Math.cos(angle + turn), y - length * Math.sin(angle + turn)];
  return `M${to(wing(0.47))}L${to([x, y])}L${to(wing(-0.47))}`;
}

function ellipseOf([ax, ay]: Point, [bx, by]: Point): string {
  const [left, right, y] = [Math.min(ax, bx), Math.max(ax, bx), (ay + by) / 2];
  const radii = `${at((right - left) / 2)} ${at(Math.abs(by - ay) / 2)}`;
  return `M${to([left, y])}A${radii} 0 1 1 ${to([right, y])}A${radii} 0 1 1 ${to([left, y])}Z`;
}
