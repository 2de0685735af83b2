import type { Background, BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { boundsOfAll, lineHeight, type Box } from "./element.ts";
import { lightLook, ruling, type Look } from "./look.ts";
import { isOutlined, outlineOf } from "./outline.ts";

/** Around what is drawn, in pixels of the board. */
const margin = 24;
const nothing: Box = { left: 0, top: 0, right: 640, bottom: 480 };

const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);

/** What an export covers: everything drawn, and the background's picture. */
export function exported(elements: readonly BoardElement[], { picture }: Background): Box {
  const under: BoardElement[] = picture ? [{ kind: "image", elementId: "background", z: 0, ...picture }] : [];
  const box = boundsOfAll([...under, ...elements]) ?? nothing;
  return {
    left: Math.floor(box.left - margin),
    top: Math.floor(box.top - margin),
    right: Math.ceil(box.right + margin),
    bottom: Math.ceil(box.bottom + margin),
  };
}

/** The whole board as an SVG document that needs nothing else. */
export function toSvg(elements: readonly BoardElement[], background: Background, look: Look = lightLook): string {
  const { left, top, right, bottom } = exported(elements, background);
  const area = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">`,
    paperPattern(background.paper, look),
    `<rect ${area} fill="${look.paper}"/>`,
    background.paper === "plain" ? "" : `<rect ${area} fill="url(#paper)"/>`,
    background.picture ? image(background.picture.source, background.picture.points) : "",
    `<g fill="none" stroke-linecap="round" stroke-linejoin="round">`,
    ...elements.map((element) => svgOf(element, look)),
    "</g></svg>",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function svgOf(element: BoardElement, { ink }: Look): string {
  if (element.kind === "image") return image(element.source, element.points);
  const color = ink(element.color);
  if (isOutlined(element)) return `<path d="${outlineOf(element)}" stroke="${color}" stroke-width="${element.size}"/>`;
  const { size, text, points } = element;
  const [[x, y]] = points;
  const lines = text
    .split("\n")
    .map((line, at) => `<tspan x="${x}" y="${y + (at + 1) * size * lineHeight - size * 0.4}">${escaped(line)}</tspan>`);
  const font = `font-size="${size}" font-family="Inter Variable, system-ui, sans-serif"`;
  return `<text xml:space="preserve" fill="${color}" ${font}>${lines.join("")}</text>`;
}

function image(source: string, [[ax, ay], [bx, by]]: readonly [Point, Point]): string {
  const place = `x="${Math.min(ax, bx)}" y="${Math.min(ay, by)}"`;
  const extent = `width="${Math.abs(bx - ax)}" height="${Math.abs(by - ay)}"`;
  return `<image ${place} ${extent} preserveAspectRatio="none" href="${escaped(source)}"/>`;
}

const papers: Readonly<Record<Background["paper"], string>> = {
  plain: "",
  dots: `<circle cx="${ruling / 2}" cy="${ruling / 2}" r="1"/>`,
  grid: `<path d="M0 0H${ruling}M0 0V${ruling}" fill="none" stroke-width="1"/>`,
  lines: `<path d="M0 0H${ruling}" fill="none" stroke-width="1"/>`,
};

function paperPattern(paper: Background["paper"], { rule }: Look): string {
  if (paper === "plain") return "";
  const size = `width="${ruling}" height="${ruling}"`;
  return `<defs><pattern id="paper" ${size} patternUnits="userSpaceOnUse" fill="${rule}" stroke="${paper === "dots" ? "none" : rule}">${papers[paper]}</pattern></defs>`;
}
