import type { Point } from "../../gateway/protocol/whiteboard-values.ts";
import type { Box } from "./element.ts";

/** Which part of a board is seen: the board's point at the left top, and pixels of the screen in one of the board. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

const smallest = 0.1;
const largest = 8;
/** Free on each side when all is to be seen, in pixels of the screen. */
const margin = 40;

const within = (scale: number): number => Math.min(largest, Math.max(smallest, scale));

export const naturalView: Viewport = Object.freeze({ left: 0, top: 0, scale: 1 });

/** A point of the screen on the board. */
export const toBoard = ({ left, top, scale }: Viewport, [x, y]: Point): Point => [left + x / scale, top + y / scale];

/** A point of the board on the screen. */
export const toScreen = ({ left, top, scale }: Viewport, [x, y]: Point): Point => [
  (x - left) * scale,
  (y - top) * scale,
];

/** What lies under the finger moves by so many pixels of the screen. */
export const panned = (view: Viewport, dx: number, dy: number): Viewport => ({
  ...view,
  left: view.left - dx / view.scale,
  top: view.top - dy / view.scale,
});

/** Larger by `factor`; what is at `at`, a point of the screen, stays there. */
export function zoomed(view: Viewport, factor: number, at: Point): Viewport {
  const scale = within(view.scale * factor);
  const [x, y] = toBoard(view, at);
  return { left: x - at[0] / scale, top: y - at[1] / scale, scale };
}

/** All of `box` is seen, in the middle, and not larger than natural. */
export function fitted(box: Box | undefined, { width, height }: Extent): Viewport {
  if (!box) return naturalView;
  const [across, down] = [Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top)];
  const scale = within(Math.min(1, (width - 2 * margin) / across, (height - 2 * margin) / down));
  return {
    left: (box.left + box.right) / 2 - width / scale / 2,
    top: (box.top + box.bottom) / 2 - height / scale / 2,
    scale,
  };
}

/** What is seen of the board. */
export const seen = ({ left, top, scale }: Viewport, { width, height }: Extent): Box => ({
  left,
  top,
  right: left + width / scale,
  bottom: top + height / scale,
});
