import { pageTools } from "../support/screens.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { chromiumTab, plain } from "../support/tab.ts";
import { until } from "../support/until.ts";
import { built } from "./gateway-rig.ts";

const elements = 1_000;
const strokes = 20;
const framesOfStroke = 30;
const framesOfPan = 120;
/** Wanted: milliseconds of one frame of a stroke. */
const wanted = 8;
/** And of one in which the board moves: no frame of the screen is lost. */
const wantedMoving = 16;

export interface BoardFigures {
  /** Scripting and painting of a frame while a stroke is drawn, in milliseconds. */
  readonly drawing: readonly number[];
  /** The same of the frame in which a stroke ends and becomes an element. */
  readonly ending: readonly number[];
  /** The same of a frame in which what is seen moves. */
  readonly panning: readonly number[];
}

const prepared = `try { localStorage.setItem("offhook.checked", "on"); localStorage.setItem("offhook.language", "en"); } catch {}`;

/**
 * A frame begins with the pointer's event and ends when the browser has painted: a message that is posted in the frame's
 * callback comes after that.
 */
const drawStrokes = `(async () => {
  const surface = find("phone-board-view >> .surface");
  surface.setPointerCapture = () => {};
  const { left, top } = surface.getBoundingClientRect();
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const began = performance.now();
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => done(performance.now() - began);
    port1.postMessage(null);
  }));
  const frame = async (type, x, y) => {
    const began = performance.now();
    surface.dispatchEvent(new PointerEvent(type, { clientX: left + x, clientY: top + y, pointerId: 7, pointerType: "mouse", bubbles: true }));
    const scripted = performance.now() - began;
    return scripted + (await painted());
  };
  const figures = { drawing: [], ending: [], panning: [] };
  for (let stroke = 0; stroke < ${strokes}; stroke++) {
    await frame("pointerdown", 40, 60 + stroke * 20);
    for (let at = 1; at <= ${framesOfStroke}; at++)
      figures.drawing.push(await frame("pointermove", 40 + at * 12, 60 + stroke * 20 + 30 * Math.sin(at / 3)));
    figures.ending.push(await frame("pointerup", 400, 60));
  }
  const move = async (deltaX, deltaY) => {
    const began = performance.now();
    surface.dispatchEvent(new WheelEvent("wheel", { deltaX, deltaY, bubbles: true, cancelable: true }));
    const scripted = performance.now() - began;
    return scripted + (await painted());
  };
  for (let at = 0; at < ${framesOfPan}; at++)
    figures.panning.push(await move(Math.round(12 * Math.cos(at / 12)), Math.round(9 * Math.cos(at / 9))));
  return figures;
})()`;

/** Draws in Chromium, by the page, on a board of 1,000 elements. */
export async function measureBoard(): Promise<BoardFigures> {
  const gateway = await TestGateway.start({ ...built, env: { NO_MEDIA: "/nonexistent" } });
  const tab = await chromiumTab(prepared);
  try {
    await tab.look({ ...plain, size: { width: 1280, height: 800 }, theme: "light" });
    await tab.goto(gateway.url);
    await tab.evaluate(pageTools);
    await until("the page", () => tab.evaluate(`offhook.phone.door.view().stage !== "loading"`), 20_000);
    await tab.evaluate(`offhook.phone.signIn({ user: "alice@${domain}" })`);
    await tab.evaluate(`offhook.phone.boards.drawWith([], "Bench")`);
    await until("the board", () => tab.evaluate(`offhook.phone.boards.view().open?.view().state === "ready"`), 10_000);
    await tab.evaluate(`{
      const board = offhook.phone.boards.view().open;
      const some = Array.from({ length: ${elements} }, (_, index) => board.compose({ kind: "stroke", color: "#2e5bb4", size: 2,
        points: Array.from({ length: 30 }, (_, at) => [(index % 40) * 20 + at, Math.floor(index / 40) * 26 + 10 * Math.sin(at / 3)]) }));
      board.put(some);
    }`);
    await until(
      `${elements} elements kept`,
      () => tab.evaluate(`offhook.phone.boards.view().open.view().pending === 0`),
      60_000,
    );
    return (await tab.evaluate(drawStrokes)) as BoardFigures;
  } finally {
    await tab.close();
    await gateway.stop();
  }
}

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
const share = (values: readonly number[], part: number): number =>
  sorted(values)[Math.floor((values.length - 1) * part)] ?? 0;

export const isSmooth = ({ drawing, panning }: BoardFigures): boolean =>
  share(drawing, 0.5) <= wanted && share(panning, 0.95) <= wantedMoving;

export function boardLines(figures: BoardFigures): string {
  const line = (what: string, values: readonly number[]): string =>
    `${what.padEnd(34)}median ${share(values, 0.5).toFixed(1)} ms, p95 ${share(values, 0.95).toFixed(1)} ms, ${values.length} frames`;
  return [
    `Whiteboard with ${elements} elements, Chromium without a graphics card: scripting and painting`,
    line("A frame of a stroke", figures.drawing),
    line("The frame in which it ends", figures.ending),
    line("A frame in which the board moves", figures.panning),
    `${isSmooth(figures) ? "Good" : "Not good"}: wanted are a median of ${wanted} ms, and p95 of ${wantedMoving} ms while it moves.`,
  ].join("\n");
}
