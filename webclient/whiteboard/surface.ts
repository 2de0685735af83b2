import type { BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { ClientError, LiveObject } from "../index.ts";
import type { Board } from "./board.ts";
import { boundsOfAll } from "./element.ts";
import { Hand, type Pencil } from "./hand.ts";
import { lightLook, type Look } from "./look.ts";
import { glowMs, type LaserPoint } from "./others.ts";
import { paintPassing } from "./overlay.ts";
import { boxOfStrip, moveCanvas, overlaps, paintStrip, shiftBetween, snapped, stripsOf } from "./moving.ts";
import { paintBackground, paintElement, type Canvas } from "./painter.ts";
import { PictureShelf } from "./pictures.ts";
import { followPointers } from "./pointers.ts";
import {
  fitted,
  naturalView,
  panned,
  seen,
  toBoard,
  toScreen,
  zoomed,
  type Extent,
  type Viewport,
} from "./viewport.ts";

export interface SurfaceOptions {
  readonly look?: Look;
  readonly pencil?: Partial<Pencil>;
}

export interface SurfaceView extends Pencil {
  readonly viewport: Viewport;
}

export interface SurfaceEvents {
  /** Somebody wants to write there: a point of the board. */
  text: Point;
}

/**
 * Shows a board in an element of the page, and draws on it by mouse, touch and pen. Two canvases: what lies on the board
 * is painted when it changes, and of a new element only that; what is being drawn lies over it.
 */
export class BoardSurface extends LiveObject<SurfaceView, SurfaceEvents> {
  readonly #board: Board;
  readonly #host: HTMLElement;
  readonly #below: Canvas;
  readonly #above: Canvas;
  readonly #hand: Hand;
  readonly #shelf = new PictureShelf(() => this.#repaint());
  readonly #offs: (() => void)[];
  #look: Look;
  #extent: Extent = { width: 0, height: 0 };
  /** What is painted below; undefined when all must be painted. */
  #painted: readonly BoardElement[] | undefined;
  #background: object | undefined;
  /** The part of the board that is painted below. */
  #shown: Viewport = naturalView;
  #laser: readonly LaserPoint[] = [];
  /** Where the pointer went down to write. */
  #writing: Point | undefined;
  #frame: number | undefined;
  #aboveDue = true;

  /** Fills `host`, which is positioned, and has a size of its own. */
  constructor(host: HTMLElement, board: Board, { look = lightLook, pencil = {} }: SurfaceOptions = {}) {
    super({ tool: "pen", color: "#1d1c17", size: 4, ...pencil, viewport: naturalView });
    this.#board = board;
    this.#host = host;
    this.#look = look;
    this.#below = layer(host);
    this.#above = layer(host);
    this.#hand = new Hand(board, this.view, () => this.view().viewport.scale);
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(host);
    this.#offs = [
      () => sizes.disconnect(),
      board.subscribe(() => this.#later()),
      board.on("shown", () => this.#later()),
      followPointers(host, {
        pans: () => this.view().tool === "pan" || !this.#draws,
        down: (at) => this.#down(at),
        move: (points, straight) => {
          this.#glow(points);
          this.#hand.move(
            points.map((point) => this.#at(point)),
            straight,
          );
          this.#later();
        },
        up: () => {
          // The pointer has let go: a field that opens now keeps the focus.
          if (this.#writing) this.emit("text", this.#writing);
          this.#writing = undefined;
          this.#hand.up();
          this.#later();
        },
        cancel: () => {
          this.#writing = undefined;
          this.#hand.cancel();
          this.#later();
        },
        hover: (at) => board.point(at && this.#at(at)),
        pan: (dx, dy) => this.pan(dx, dy),
        zoom: (factor, at) => this.show(zoomed(this.view().viewport, factor, at)),
      }),
      () => this.#frame !== undefined && cancelAnimationFrame(this.#frame),
      () => [this.#below, this.#above].forEach(({ canvas }) => canvas.remove()),
    ];
    this.#resize();
  }

  /** Another tool, colour or size. */
  use(pencil: Partial<Pencil>): void {
    this.update(pencil);
  }

  /** Shows this part of the board. */
  show(viewport: Viewport): void {
    this.update({ viewport: Object.freeze(viewport) });
    this.#later();
  }

  /** Larger by `factor`, about the middle. */
  zoom(factor: number): void {
    const { width, height } = this.#extent;
    this.show(zoomed(this.view().viewport, factor, [width / 2, height / 2]));
  }

  /** Shows all that is drawn, not larger than natural. */
  fit(): void {
    this.show(fitted(boundsOfAll(this.#board.view().elements), this.#extent));
  }

  /** Moves what is seen by pixels of the screen. */
  pan(dx: number, dy: number): void {
    // On whole pixels: what is painted already can be moved as it is.
    this.show(snapped(panned(this.view().viewport, dx, dy), devicePixelRatio));
  }

  setLook(look: Look): void {
    if (look === this.#look) return;
    this.#look = look;
    this.#repaint();
  }

  /** The point of the board in the middle of what is seen. */
  get middle(): Point {
    return this.#at([this.#extent.width / 2, this.#extent.height / 2]);
  }

  /** Where a point of the board is, in pixels from the left top of the element. */
  screenOf(point: Point): Point {
    return toScreen(this.view().viewport, point);
  }

  /** Takes the canvases out of the page again. The board stays open. */
  close(): void {
    for (const off of this.#offs.splice(0)) off();
    this.finish();
  }

  get #draws(): boolean {
    return this.view().tool === "laser" || this.#board.view().canDraw;
  }

  #at(point: Point): Point {
    return toBoard(this.view().viewport, point);
  }

  #down(at: Point): boolean {
    if (this.view().tool === "text") {
      this.#writing = this.#at(at);
      return this.#board.view().canDraw;
    }
    this.#glow([at]);
    const draws = this.#hand.down(this.#at(at));
    this.#later();
    return draws;
  }

  #glow(points: readonly Point[]): void {
    if (this.view().tool !== "laser") return;
    const now = performance.now();
    const bright = this.#laser.filter(({ at }) => now - at < glowMs);
    this.#laser = [...bright, ...points.map((point) => ({ point: this.#at(point), at: now }))];
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    this.#extent = { width, height };
    for (const { canvas } of [this.#below, this.#above]) {
      canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
      canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    }
    this.#repaint();
  }

  #repaint(): void {
    this.#painted = undefined;
    this.#later();
  }

  /** Paints with the next frame of the screen. */
  #later(): void {
    this.#aboveDue = true;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#paint();
    });
  }

  #paint(): void {
    this.#paintBelow();
    if (!this.#aboveDue) return;
    this.#aboveDue = false;
    if (this.#paintAbove()) this.#later();
  }

  #paintBelow(): void {
    const { elements, background } = this.#board.view();
    const { viewport } = this.view();
    if (viewport !== this.#shown) this.#move(viewport);
    if (elements === this.#painted && background === this.#background) return;
    this.#place(viewport);
    const fresh = background === this.#background ? added(this.#painted, elements) : undefined;
    if (!fresh) paintBackground(this.#below, background, seen(viewport, this.#extent), this.#look, this.#shelf.get);
    for (const element of fresh ?? elements) paintElement(this.#below, element, this.#look, this.#shelf.get);
    this.#painted = elements;
    this.#background = background;
  }

  /** Moves what is painted, and paints what comes in at the edges; what cannot be moved is painted anew. */
  #move(viewport: Viewport): void {
    const { elements, background } = this.#board.view();
    const { canvas } = this.#below;
    const shift = background === this.#background ? shiftBetween(this.#shown, viewport, devicePixelRatio) : undefined;
    this.#shown = viewport;
    if (!shift || !this.#painted || Math.abs(shift[0]) >= canvas.width || Math.abs(shift[1]) >= canvas.height)
      return void (this.#painted = undefined);
    moveCanvas(this.#below, shift);
    for (const strip of stripsOf(shift, canvas)) {
      this.#place(viewport);
      paintStrip(this.#below, strip, () => {
        const box = boxOfStrip(strip, viewport, devicePixelRatio);
        paintBackground(this.#below, background, box, this.#look, this.#shelf.get);
        for (const element of this.#painted ?? elements)
          if (overlaps(element, box)) paintElement(this.#below, element, this.#look, this.#shelf.get);
      });
    }
  }

  #place({ left, top, scale }: Viewport): void {
    const size = scale * devicePixelRatio;
    this.#below.setTransform(size, 0, 0, size, -left * size, -top * size);
  }

  #paintAbove(): boolean {
    const above = this.#above;
    above.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    above.clearRect(0, 0, this.#extent.width, this.#extent.height);
    const { others } = this.#board;
    const drafts = [...others.flatMap(({ draft }) => draft ?? []), ...(this.#hand.draft ? [this.#hand.draft] : [])];
    const passing = { drafts, others, laser: this.#laser, now: performance.now() };
    return paintPassing(above, passing, this.view().viewport, this.#look, this.#shelf.get);
  }
}

/** What was put over all that is painted; undefined when something else changed too. */
function added(
  painted: readonly BoardElement[] | undefined,
  elements: readonly BoardElement[],
): readonly BoardElement[] | undefined {
  if (!painted || painted.length > elements.length) return undefined;
  return painted.every((element, at) => element === elements[at]) ? elements.slice(painted.length) : undefined;
}

function layer(host: HTMLElement): Canvas {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:absolute;inset:0;inline-size:100%;block-size:100%;pointer-events:none";
  host.append(canvas);
  const context = canvas.getContext("2d");
  if (!context) throw new ClientError("unsupported", { text: "This browser has no canvas." });
  return context;
}
