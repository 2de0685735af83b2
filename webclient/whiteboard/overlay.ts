import type { BoardElement } from "../../gateway/protocol/whiteboard-values.ts";
import type { Look } from "./look.ts";
import { glowMs, type Other } from "./others.ts";
import { paintElement, type Canvas, type Pictures } from "./painter.ts";
import { toScreen, type Viewport } from "./viewport.ts";

/** Of pages, by their seat; each can be told from its neighbours on white and on black. */
export const seatColors = ["#b4441f", "#1f6fd1", "#7a3fb5", "#0e7f86", "#a8326f", "#6b6a12"] as const;

export const seatColor = (seat: number): string => seatColors[seat % seatColors.length] ?? seatColors[0];

export interface Passing {
  readonly drafts: readonly BoardElement[];
  readonly others: readonly Other[];
  /** This page's own laser pointer. */
  readonly laser: Other["laser"];
  readonly now: number;
}

/**
 * What lies over the board for a moment: strokes while they are drawn, laser pointers, cursors with names. `canvas` has
 * the transformation of the screen. True while something glows and must be painted again.
 */
export function paintPassing(
  canvas: Canvas,
  { drafts, others, laser, now }: Passing,
  view: Viewport,
  look: Look,
  pictures: Pictures,
): boolean {
  canvas.save();
  canvas.transform(view.scale, 0, 0, view.scale, -view.left * view.scale, -view.top * view.scale);
  for (const draft of drafts) paintElement(canvas, draft, look, pictures);
  canvas.restore();
  const trails = [{ laser, color: "#e5322d" }, ...others.map((other) => ({ laser: other.laser, color: "#e5322d" }))];
  const glowing = trails.map(({ laser: trail, color }) => paintTrail(canvas, trail, color, view, now));
  for (const other of others) paintCursor(canvas, other, view);
  return glowing.some(Boolean);
}

/** Thinner and paler the longer ago it was there. */
function paintTrail(canvas: Canvas, laser: Other["laser"], color: string, view: Viewport, now: number): boolean {
  const bright = laser.filter(({ at }) => now - at < glowMs);
  canvas.save();
  canvas.strokeStyle = canvas.fillStyle = color;
  canvas.lineCap = "round";
  bright.forEach(({ point, at }, index) => {
    const left = 1 - (now - at) / glowMs;
    const [x, y] = toScreen(view, point);
    const [fromX, fromY] = toScreen(view, bright[index - 1]?.point ?? point);
    canvas.globalAlpha = left;
    canvas.lineWidth = 1 + 4 * left;
    canvas.beginPath();
    canvas.moveTo(fromX, fromY);
    canvas.lineTo(x, y);
    canvas.stroke();
    if (index < bright.length - 1) return;
    canvas.beginPath();
    canvas.arc(x, y, 5, 0, 2 * Math.PI);
    canvas.fill();
  });
  canvas.restore();
  return bright.length > 0;
}

function paintCursor(canvas: Canvas, { seat, user, name, cursor }: Other, view: Viewport): void {
  if (!cursor) return;
  const [x, y] = toScreen(view, cursor);
  const label = name ?? user.replace(/@.*/, "");
  canvas.save();
  canvas.translate(x, y);
  canvas.fillStyle = seatColor(seat);
  canvas.strokeStyle = "#ffffff";
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  canvas.moveTo(0, 0);
  canvas.lineTo(4.5, 14);
  canvas.lineTo(7.5, 8.5);
  canvas.lineTo(13.5, 6.5);
  canvas.closePath();
  canvas.fill();
  canvas.stroke();
  canvas.font = '600 12px "Inter Variable", system-ui, sans-serif';
  const width = canvas.measureText(label).width + 12;
  canvas.beginPath();
  canvas.roundRect(12, 14, width, 20, 10);
  canvas.fill();
  canvas.fillStyle = "#ffffff";
  canvas.textBaseline = "middle";
  canvas.fillText(label, 18, 24.5);
  canvas.restore();
}
