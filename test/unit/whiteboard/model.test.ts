import assert from "node:assert/strict";
import { readClientFrame } from "../../../gateway/protocol/index.ts";
import { limits } from "../../../gateway/protocol/version.ts";
import type { BoardElement, Point } from "../../../gateway/protocol/whiteboard-values.ts";
import { joined, split } from "../../../webclient/whiteboard/change.ts";
import { BoardDocument } from "../../../webclient/whiteboard/document.ts";
import { boundsOf, boundsOfAll, type ShapeKind } from "../../../webclient/whiteboard/element.ts";
import { BoardHistory } from "../../../webclient/whiteboard/history.ts";
import { darkLook } from "../../../webclient/whiteboard/look.ts";
import { outlineOf } from "../../../webclient/whiteboard/outline.ts";
import { toSvg } from "../../../webclient/whiteboard/svg.ts";
import { touches } from "../../../webclient/whiteboard/touching.ts";
import { fitted, toBoard, toScreen, zoomed } from "../../../webclient/whiteboard/viewport.ts";

const ink = { z: 1, color: "#1d1c17", size: 4 };
const stroke = (elementId: string, ...points: Point[]): BoardElement => ({ kind: "stroke", elementId, ...ink, points });
const shape = (kind: ShapeKind, from: Point, to: Point): Extract<BoardElement, { kind: ShapeKind }> => ({
  kind,
  elementId: kind,
  ...ink,
  points: [from, to],
});
const text = (words: string): BoardElement => ({
  kind: "text",
  elementId: "t",
  ...ink,
  size: 20,
  points: [[10, 20]],
  text: words,
});
const source = "data:image/png;base64,iVBORw0KGgo=";
const image: BoardElement = {
  kind: "image",
  elementId: "i",
  z: 0,
  points: [
    [0, 0],
    [40, 30],
  ],
  source,
};
const change = (put: BoardElement[] = [], remove: string[] = []) => ({ put, remove });

describe("a board's document", () => {
  it("orders by height, then by id, whatever came first", () => {
    const document = new BoardDocument();
    document.take({ number: 1, drawId: "1", ...change([{ ...stroke("b", [0, 0]), z: 2 }, stroke("c", [0, 0])]) });
    document.take({ number: 2, drawId: "2", ...change([{ ...stroke("a", [0, 0]), z: 2 }]) });
    assert.deepEqual(document.elements.map(({ elementId }) => elementId).join(""), "cab");
  });

  it("wants every number, each once", () => {
    const document = new BoardDocument();
    assert.equal(document.take({ number: 2, drawId: "2", ...change() }), false);
    assert.equal(document.take({ number: 1, drawId: "1", ...change([stroke("a", [0, 0])]) }), true);
    assert.equal(document.take({ number: 1, drawId: "1", ...change([], ["a"]) }), true);
    assert.equal(document.elements.length, 1);
  });

  it("shows own changes over the ordered ones, until they are ordered or refused", () => {
    const document = new BoardDocument();
    document.draw({ drawId: "mine", ...change([stroke("a", [1, 1])]) });
    document.take({ number: 1, drawId: "theirs", ...change([stroke("a", [2, 2])]) });
    assert.deepEqual(document.get("a")?.points, [[1, 1]]);
    document.settled("mine");
    assert.deepEqual(document.get("a")?.points, [[2, 2]]);
  });

  it("begins anew when it is told the whole", () => {
    const document = new BoardDocument();
    document.take({ number: 1, drawId: "1", ...change([stroke("a", [0, 0])]), background: { paper: "grid" } });
    document.draw({ drawId: "mine", ...change([stroke("m", [0, 0])]) });
    document.read({ number: 9, latest: 9, whole: true, ...change([stroke("b", [0, 0])]) });
    assert.deepEqual(document.elements.map(({ elementId }) => elementId).join(""), "bm");
    assert.deepEqual([document.background.paper, document.number], ["plain", 9]);
  });
});

describe("what a user did", () => {
  const present = (...elements: BoardElement[]) => ({
    get: (id: string) => elements.find(({ elementId }) => elementId === id),
    background: { paper: "plain" } as const,
  });
  const a = stroke("a", [0, 0]);

  it("is undone and done again", () => {
    const history = new BoardHistory();
    history.record(change([a]), present());
    assert.deepEqual(history.undo(present(a)), change([], ["a"]));
    assert.deepEqual(history.redo(present()), change([a]));
    assert.equal(history.redo(present(a)), undefined);
  });

  it("is one step when it belongs together", () => {
    const [history, b] = [new BoardHistory(), stroke("b", [0, 0])];
    history.record(change([], ["a"]), present(a, b));
    history.record(change([], ["b"]), present(b), true);
    assert.deepEqual(history.undo(present()), change([a, b]));
  });

  it("brings nothing back that others have erased since, and takes nothing away twice", () => {
    const history = new BoardHistory();
    history.record(change([{ ...a, size: 9 } as BoardElement]), present(a));
    assert.deepEqual(history.undo(present()), change());
    history.record(change([a]), present());
    assert.deepEqual(history.undo(present()), change());
  });

  it("ends what could be done again", () => {
    const history = new BoardHistory();
    history.record(change([a]), present());
    history.undo(present(a));
    history.record(change([stroke("b", [0, 0])]), present());
    assert.equal(history.canRedo, false);
  });
});

describe("a change", () => {
  it("is sent in parts that the gateway takes, in order", () => {
    const put = Array.from({ length: 450 }, (_, at) => stroke(`e${at}`, [at, at]));
    const large = Array.from({ length: 5 }, (_, at) => stroke(`l${at}`, ...Array<Point>(2_000).fill([123456.5, 9.5])));
    const remove = Array.from({ length: 1_200 }, (_, at) => `r${at}`);
    const parts = split({ put: [...put, ...large], remove, background: { paper: "dots" } });
    for (const part of parts) {
      const frame = { type: "board.draw", id: "1", boardId: "b", drawId: "d", ...part };
      assert.ok("frame" in readClientFrame(frame));
      assert.ok(JSON.stringify(part).length < limits.draw);
    }
    assert.deepEqual(parts.flatMap((part) => part.put).length, 455);
    assert.deepEqual(
      parts.flatMap((part) => part.remove),
      remove,
    );
    assert.deepEqual(split(change()), []);
  });

  it("is joined with the one after it", () => {
    const [a, b] = [stroke("a", [0, 0]), stroke("b", [0, 0])];
    assert.deepEqual(joined(change([a, b], ["c"]), change([], ["a"])), change([b], ["c", "a"]));
    assert.deepEqual(joined(change([], ["a"]), change([a])), change([a]));
  });
});

describe("what is drawn", () => {
  it("has an outline that SVG and canvas share", () => {
    assert.equal(outlineOf(stroke("a", [1, 2]) as never), "M1 2h0.01");
    assert.equal(outlineOf(stroke("a", [0, 0], [10, 0], [10, 10]) as never), "M0 0Q10 0 10 5L10 10");
    assert.equal(outlineOf(shape("line", [0, 0], [5, 5])), "M0 0L5 5");
    assert.equal(outlineOf(shape("rectangle", [0, 0], [5, 6])), "M0 0H5V6H0Z");
    assert.match(outlineOf(shape("arrow", [0, 0], [50, 0])), /^M0 0L50 0M.*L50 0L/);
    assert.equal(outlineOf(shape("ellipse", [10, 20], [0, 0])), "M0 10A5 10 0 1 1 10 10A5 10 0 1 1 0 10Z");
  });

  it("is touched where its ink is", () => {
    assert.ok(touches(stroke("a", [0, 0], [100, 0]), [50, 4], 3));
    assert.ok(!touches(stroke("a", [0, 0], [100, 0]), [50, 9], 3));
    assert.ok(touches(shape("rectangle", [0, 0], [100, 100]), [0, 50], 1));
    assert.ok(!touches(shape("rectangle", [0, 0], [100, 100]), [50, 50], 5));
    assert.ok(touches(shape("ellipse", [0, 0], [100, 100]), [50, 0], 2));
    assert.ok(!touches(shape("ellipse", [0, 0], [100, 100]), [3, 3], 3));
    assert.ok(touches(image, [20, 20], 1));
    assert.ok(touches(text("hello"), [15, 30], 1));
  });

  it("covers what it covers", () => {
    assert.deepEqual(boundsOf(stroke("a", [0, 0], [10, 20])), { left: -2, top: -2, right: 12, bottom: 22 });
    assert.deepEqual(boundsOfAll([image, stroke("a", [100, 100])]), { left: 0, top: 0, right: 102, bottom: 102 });
    assert.equal(boundsOfAll([]), undefined);
  });
});

describe("an SVG of a board", () => {
  it("holds every element, from the lowest up, and needs nothing else", () => {
    const svg = toSvg([image, stroke("a", [0, 0], [9, 9]), shape("arrow", [0, 0], [50, 50]), text("hi")], {
      paper: "grid",
    });
    assert.match(
      svg,
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+" viewBox="-\d+ -\d+ \d+ \d+">/,
    );
    assert.deepEqual(
      [...svg.matchAll(/<(image|path d="M0 0[QL]|text)/g)].map(([, tag]) => tag?.split(" ")[0]),
      ["image", "path", "path", "text"],
    );
    assert.match(svg, /fill="url\(#paper\)"/);
    assert.doesNotMatch(svg, /href="(?!data:image)/);
  });

  it("shows markup in a text as text", () => {
    const svg = toSvg([text('<script>alert("1")</script>\n& more')], { paper: "plain" });
    assert.doesNotMatch(svg, /<script/);
    assert.match(svg, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/);
    assert.equal(svg.match(/<tspan/g)?.length, 2);
  });

  it("can be of dark paper, with ink that is read on it", () => {
    assert.match(toSvg([stroke("a", [0, 0])], { paper: "dots" }, darkLook), /fill="#16191d"/);
    const bright = (color: string): number => Math.max(...[1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)));
    for (const color of ["#000000", "#1d1c17", "#c72122", "#1f6fd1", "#007742"])
      assert.ok(bright(darkLook.ink(color)) > 140, `${color} becomes ${darkLook.ink(color)}`);
    assert.match(darkLook.ink("#c72122"), /^#[0-9a-f]{6}$/);
  });
});

describe("what is seen of a board", () => {
  const view = { left: 10, top: 20, scale: 2 };

  it("is the same point on board and screen", () => {
    assert.deepEqual(toScreen(view, toBoard(view, [30, 40])), [30, 40]);
  });

  it("grows about a point that stays, within bounds", () => {
    const larger = zoomed(view, 2, [100, 100]);
    assert.deepEqual([larger.scale, toBoard(larger, [100, 100])], [4, toBoard(view, [100, 100])]);
    assert.deepEqual([zoomed(view, 99, [0, 0]).scale, zoomed(view, 0.001, [0, 0]).scale], [8, 0.1]);
  });

  it("fits all in", () => {
    const fit = fitted({ left: 0, top: 0, right: 2_000, bottom: 100 }, { width: 500, height: 500 });
    assert.deepEqual([fit.scale, toScreen(fit, [1_000, 50]).map(Math.round)], [0.21, [250, 250]]);
    assert.equal(fitted({ left: 0, top: 0, right: 10, bottom: 10 }, { width: 500, height: 500 }).scale, 1);
  });
});
