import type { Background, BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { lineHeight, type Box } from "./element.ts";
import { ruling, textFont, type Look } from "./look.ts";
import { isOutlined, outlineOf, type Outlined } from "./outline.ts";

/** The part of a canvas' context that is painted with. */
export type Canvas = CanvasRenderingContext2D;

/** Decoded pictures, by their source; undefined until one can be painted. */
export type Pictures = (source: string) => CanvasImageSource | undefined;

/** An element never changes, so that its path need be made once. */
const paths = new WeakMap<BoardElement, Path2D>();

function pathOf(element: Outlined): Path2D {
  const known = paths.get(element);
  if (known) return known;
  const path = new Path2D(outlineOf(element));
  paths.set(element, path);
  return path;
}

/** Onto a canvas whose transformation is that of the board. */
export function paintElement(canvas: Canvas, element: BoardElement, look: Look, pictures: Pictures): void {
  if (element.kind === "image") return paintPicture(canvas, element.source, element.points, look, pictures);
  const color = look.ink(element.color);
  if (isOutlined(element)) {
    canvas.lineCap = canvas.lineJoin = "round";
    canvas.lineWidth = element.size;
    canvas.strokeStyle = color;
    return canvas.stroke(pathOf(element));
  }
  const { size, points, text } = element;
  const [[x, y]] = points;
  canvas.font = textFont(size);
  canvas.fillStyle = color;
  canvas.textBaseline = "alphabetic";
  text.split("\n").forEach((line, at) => canvas.fillText(line, x, y + (at + 1) * size * lineHeight - size * 0.4));
}

/** Paper, its ruling and its picture, as far as `box` of the board. */
export function paintBackground(
  canvas: Canvas,
  { paper, picture }: Background,
  box: Box,
  look: Look,
  pictures: Pictures,
): void {
  canvas.fillStyle = look.paper;
  canvas.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  paintRuling(canvas, paper, box, look);
  if (picture) paintPicture(canvas, picture.source, picture.points, look, pictures);
}

/** Lines that would stand closer than this are left out, so that a small board is not grey: pixels of the screen. */
const closest = 8;

function paintRuling(canvas: Canvas, paper: Background["paper"], box: Box, { rule }: Look): void {
  if (paper === "plain") return;
  const scale = canvas.getTransform().a;
  let step = ruling;
  while (step * scale < closest * 2) step *= 4;
  const first = (from: number): number => Math.ceil(from / step) * step;
  canvas.fillStyle = rule;
  const thin = 1 / Math.min(1, scale);
  for (let y = first(box.top); y < box.bottom; y += step) {
    if (paper !== "dots") canvas.fillRect(box.left, y, box.right - box.left, thin);
    else
      for (let x = first(box.left); x < box.right; x += step) canvas.fillRect(x - thin, y - thin, 2 * thin, 2 * thin);
  }
  if (paper !== "grid") return;
  for (let x = first(box.left); x < box.right; x += step) canvas.fillRect(x, box.top, thin, box.bottom - box.top);
}

function paintPicture(
  canvas: Canvas,
  source: string,
  [[ax, ay], [bx, by]]: readonly [Point, Point],
  look: Look,
  pictures: Pictures,
): void {
  const [x, y, width, height] = [Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay)];
  const picture = pictures(source);
  if (picture) return canvas.drawImage(picture, x, y, width, height);
  canvas.fillStyle = look.rule;
  canvas.fillRect(x, y, width, height);
}
