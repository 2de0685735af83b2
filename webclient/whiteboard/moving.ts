import type { BoardElement } from "../../gateway/protocol/whiteboard-values.ts";
import { boundsOf, type Box } from "./element.ts";
import type { Canvas } from "./painter.ts";
import type { Viewport } from "./viewport.ts";

/** Across and down, in pixels of the canvas. */
export type Shift = readonly [dx: number, dy: number];

/** A part of the canvas, in its pixels. */
export interface Strip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Less than this is a whole pixel. */
const nearly = 0.01;
/** What reaches into a strip from beside it: dots of the paper, and the ends of lines; pixels of the canvas. */
const beside = 4;
/** Text may be wider than its letters were counted. */
const wider = 0.7;

/** The same, moved so that pixels of the canvas stand where pixels were. `ratio`: pixels of the canvas in one of the screen. */
export function snapped({ left, top, scale }: Viewport, ratio: number): Viewport {
  const size = scale * ratio;
  return { left: Math.round(left * size) / size, top: Math.round(top * size) / size, scale };
}

/** How far what is painted moves; undefined when it is another size, or moves by a part of a pixel. */
export function shiftBetween(before: Viewport, after: Viewport, ratio: number): Shift | undefined {
  if (before.scale !== after.scale) return undefined;
  const size = after.scale * ratio;
  const [dx, dy] = [(before.left - after.left) * size, (before.top - after.top) * size];
  const [across, down] = [Math.round(dx), Math.round(dy)];
  return Math.abs(across - dx) < nearly && Math.abs(down - dy) < nearly ? [across, down] : undefined;
}

export function moveCanvas(canvas: Canvas, [dx, dy]: Shift): void {
  canvas.save();
  canvas.setTransform(1, 0, 0, 1, 0, 0);
  canvas.globalCompositeOperation = "copy";
  canvas.drawImage(canvas.canvas, dx, dy);
  canvas.restore();
}

/** What comes in at the edges: at most one strip at a side, and one above or below. */
export function stripsOf(
  [dx, dy]: Shift,
  { width, height }: { readonly width: number; readonly height: number },
): Strip[] {
  return [
    { x: dx > 0 ? 0 : width + dx, y: 0, width: Math.abs(dx), height },
    { x: 0, y: dy > 0 ? 0 : height + dy, width, height: Math.abs(dy) },
  ].filter((strip) => strip.width > 0 && strip.height > 0);
}

/** The part of the board that is seen in it, and a little more. */
export function boxOfStrip({ x, y, width, height }: Strip, { left, top, scale }: Viewport, ratio: number): Box {
  const size = scale * ratio;
  return {
    left: left + (x - beside) / size,
    top: top + (y - beside) / size,
    right: left + (x + width + beside) / size,
    bottom: top + (y + height + beside) / size,
  };
}

/** Paints nothing outside of the strip; the canvas' transformation stays as it is. */
export function paintStrip(canvas: Canvas, { x, y, width, height }: Strip, paint: () => void): void {
  const placed = canvas.getTransform();
  canvas.save();
  canvas.setTransform(1, 0, 0, 1, 0, 0);
  canvas.beginPath();
  canvas.rect(x, y, width, height);
  canvas.clip();
  canvas.setTransform(placed);
  paint();
  canvas.restore();
}

/** An element never changes, so that its bounds need be found once. */
const boxes = new WeakMap<BoardElement, Box>();

export function overlaps(element: BoardElement, { left, top, right, bottom }: Box): boolean {
  let box = boxes.get(element);
  if (!box) boxes.set(element, (box = roomy(element)));
  return box.left < right && box.right > left && box.top < bottom && box.bottom > top;
}

function roomy(element: BoardElement): Box {
  const box = boundsOf(element);
  return element.kind === "text" ? { ...box, right: box.right + (box.right - box.left) * wider } : box;
}
