import { boundsOf, type BoardElement, type Point } from "./element.ts";

/** Straight pieces that an ellipse is taken for. */
const facets = 32;

/** Whether something round of `radius` at `point` touches what is drawn: lines by their ink, text and images anywhere. */
export function touches(element: BoardElement, point: Point, radius: number): boolean {
  const [x, y] = point;
  const box = boundsOf(element);
  const near = x >= box.left - radius && x <= box.right + radius && y >= box.top - radius && y <= box.bottom + radius;
  if (!near || element.kind === "text" || element.kind === "image") return near;
  const reach = radius + element.size / 2;
  const corners = cornersOf(element);
  return corners.some((corner, index) => distance(point, corner, corners[index + 1] ?? corner) <= reach);
}

function cornersOf(element: Exclude<BoardElement, { kind: "text" | "image" }>): readonly Point[] {
  if (element.kind === "stroke") return element.points;
  const [[ax, ay], [bx, by]] = element.points;
  if (element.kind === "rectangle")
    return [
      [ax, ay],
      [bx, ay],
      [bx, by],
      [ax, by],
      [ax, ay],
    ];
  if (element.kind !== "ellipse") return element.points;
  return Array.from({ length: facets + 1 }, (_, facet): Point => {
    const angle = (facet / facets) * 2 * Math.PI;
    return [(ax + bx) / 2 + (Math.cos(angle) * (bx - ax)) / 2, (ay + by) / 2 + (Math.sin(angle) * (by - ay)) / 2];
  });
}

/** From a point to the line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
