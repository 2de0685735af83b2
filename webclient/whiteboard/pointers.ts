import type { Point } from "../../gateway/protocol/whiteboard-values.ts";

/** What pointers mean on a board. Points are pixels from the left top of the element. */
export interface PointerActions {
  /** A single pointer moves the board instead of drawing. */
  pans(): boolean;
  /** True when a drawing begins. */
  down(at: Point): boolean;
  move(points: readonly Point[], straight: boolean): void;
  up(): void;
  cancel(): void;
  /** Null: the pointer has left. */
  hover(at: Point | null): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
}

/** How much larger a notch of the wheel makes: the browser tells it in pixels. */
const wheelZoom = 0.002;

type Doing = "nothing" | "drawing" | "panning";

/**
 * One pointer draws. Two fingers move the board and make it larger or smaller, whatever had begun. Where a pen was used,
 * fingers only move the board: a hand that lies on the screen does not draw. The wheel moves the board, with Ctrl it
 * zooms, as does a pinch on a touchpad; the middle button moves it too.
 */
export function followPointers(host: HTMLElement, actions: PointerActions): () => void {
  const fingers = new Map<number, Point>();
  let doing: Doing = "nothing";
  let drawing: number | undefined;
  let penSeen = false;

  const at = (event: MouseEvent): Point => {
    const { left, top } = host.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  const down = (event: PointerEvent): void => {
    if (event.button > 1) return;
    penSeen ||= event.pointerType === "pen";
    fingers.set(event.pointerId, at(event));
    host.setPointerCapture(event.pointerId);
    if (fingers.size > 1) {
      if (doing === "drawing") actions.cancel();
      doing = "panning";
      return;
    }
    const palm = penSeen && event.pointerType === "touch";
    if (event.button === 1 || palm || actions.pans()) doing = "panning";
    else if (actions.down(at(event))) doing = "drawing";
    drawing = event.pointerId;
  };

  const move = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    const now = at(event);
    actions.hover(event.pointerType === "touch" && !before ? null : now);
    if (!before) return;
    fingers.set(event.pointerId, now);
    if (doing === "drawing" && event.pointerId === drawing) {
      const passed = event.getCoalescedEvents?.() ?? [];
      actions.move(passed.length > 0 ? passed.map(at) : [now], event.shiftKey);
    }
    if (doing === "panning") pinch(event.pointerId, before, now);
  };

  const pinch = (pointer: number, before: Point, now: Point): void => {
    const other = [...fingers].find(([id]) => id !== pointer)?.[1];
    const share = other ? 0.5 : 1;
    actions.pan((now[0] - before[0]) * share, (now[1] - before[1]) * share);
    if (!other) return;
    const apart = (point: Point): number => Math.max(1, Math.hypot(point[0] - other[0], point[1] - other[1]));
    actions.zoom(apart(now) / apart(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  };

  const ended = (event: PointerEvent, how: "up" | "cancel"): void => {
    if (!fingers.delete(event.pointerId)) return;
    if (doing === "drawing" && event.pointerId === drawing) actions[how]();
    if (event.pointerType === "touch") actions.hover(null);
    if (fingers.size === 0 || doing === "drawing") doing = "nothing";
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    if (event.ctrlKey || event.metaKey) actions.zoom(Math.exp(-event.deltaY * wheelZoom * 5), at(event));
    else actions.pan(-dx, -dy);
  };

  const over = new AbortController();
  const { signal } = over;
  host.style.touchAction = "none";
  host.addEventListener("pointerdown", down, { signal });
  host.addEventListener("pointermove", move, { signal });
  host.addEventListener("pointerup", (event) => ended(event, "up"), { signal });
  host.addEventListener("pointercancel", (event) => ended(event, "cancel"), { signal });
  host.addEventListener("pointerleave", () => actions.hover(null), { signal });
  host.addEventListener("wheel", wheel, { signal, passive: false });
  return () => over.abort();
}
