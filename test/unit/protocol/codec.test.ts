import assert from "node:assert/strict";
import { clientFrameTypes, limits, readClientFrame } from "../../../gateway/protocol/index.ts";
import {
  bobsCard,
  browser,
  call,
  clientFrames,
  draw,
  image,
  label,
  offer,
  shape,
  start,
  stroke,
} from "../../vectors/frames/client-frames.ts";

const longEndpoint = `https://push.example.org/${"a".repeat(limits.endpoint)}`;
const drawn = (element: object) => ({ ...draw, put: [element] });

const resume = { type: "session.resume", id: "1", sessionId: "s", seq: 0 };

const bad: readonly [string, unknown, RegExp][] = [
  ["no object", "call.start", /JSON object/],
  ["null", null, /JSON object/],
  ["an array", [start], /JSON object/],
  ["no type", { id: "1" }, /has a type/],
  ["a type that is no text", { type: 7, id: "1" }, /has a type/],
  ["a property of every object as type", { type: "constructor", id: "1" }, /does not know/],
  ["no id", { type: "ping" }, /\/id/],
  ["an empty id", { type: "ping", id: "" }, /\/id/],
  ["a long id", { type: "ping", id: "x".repeat(65) }, /\/id/],
  ["a file of no size", { type: "file.offer", id: "1", to: { group: "g" }, name: "a", size: 0 }, /\/size/],
  ["a path as file", { type: "file.link", id: "1", of: { group: "g" }, fileId: "../a" }, /\/fileId/],
  ["no target", { ...start, target: undefined }, /\/target/],
  ["an empty target", { ...start, target: {} }, /\/target/],
  ["a line break in the target", { ...start, target: { sip: "bob@b.example\r\nVia: x" } }, /\/target/],
  ["a bracket in the target", { ...start, target: { user: "bob@a.example>" } }, /\/target/],
  ["a long target", { ...start, target: { tel: "1".repeat(limits.address + 1) } }, /\/target/],
  ["no description", { ...start, description: undefined }, /\/description/],
  ["an empty description", { ...start, description: { ...offer, sdp: "" } }, /sdp/],
  ["a long description", { ...start, description: { ...offer, sdp: "v".repeat(limits.description + 1) } }, /sdp/],
  ["another kind of description", { ...start, description: { ...offer, kind: "pranswer" } }, /kind/],
  ["generation 0", { ...start, description: { ...offer, generation: 0 } }, /generation/],
  ["a line break in the name", { type: "session.open", id: "1", displayName: "A\r\nVia: x" }, /displayName/],
  ["a long name", { type: "session.open", id: "1", displayName: "x".repeat(limits.displayName + 1) }, /displayName/],
  ["a token of 64 KiB", { type: "session.open", id: "1", token: "x".repeat(65_536) }, /token/],
  ["a number of events below 0", { type: "session.resume", id: "1", sessionId: "s", seq: -1 }, /seq/],
  ["more requests than are remembered", { ...resume, asked: Array(257).fill("r") }, /asked/],
  ["a call id that is none", { type: "call.end", id: "1", callId: "../c" }, /callId/],
  ["digits that are none", { type: "call.dtmf", ...call, digits: "12e" }, /digits/],
  ["too many digits", { type: "call.dtmf", ...call, digits: "1".repeat(limits.digits + 1) }, /digits/],
  ["a contact without a target", { type: "contact.put", id: "1", contact: { ...bobsCard, targets: [] } }, /targets/],
  [
    "a line break in a contact",
    { type: "contact.put", id: "1", contact: { ...bobsCard, name: "B\r\nVia: x" } },
    /name/,
  ],
  ["more of a list than there may be", { type: "history.list", id: "1", limit: 101 }, /limit/],
  ["a report that says more", { type: "call.report", ...call, problem: { code: "x", stack: "y" } }, /problem/],
  ["an endpoint that is no address", { type: "push.subscribe", id: "1", ...browser, endpoint: "a b" }, /endpoint/],
  ["an endpoint without end", { type: "push.subscribe", id: "1", ...browser, endpoint: longEndpoint }, /endpoint/],
  ["a browser's key that is cut off", { type: "push.subscribe", id: "1", ...browser, p256dh: "A" }, /p256dh/],
  ["a browser's secret that is none", { type: "push.subscribe", id: "1", ...browser, auth: "" }, /auth/],
  ...["presence.join", "presence.leave", "presence.watch", "presence.unwatch"].flatMap((type) => [
    [`${type} without a group`, { type, id: "1" }, /group/] as [string, unknown, RegExp],
    [`${type} of no text`, { type, id: "1", group: ["sales"] }, /group/] as [string, unknown, RegExp],
    [`${type} of an empty group`, { type, id: "1", group: "" }, /group/] as [string, unknown, RegExp],
    [`${type} of a long group`, { type, id: "1", group: "x".repeat(129) }, /group/] as [string, unknown, RegExp],
    [`${type} with a line break`, { type, id: "1", group: "a\nb" }, /group/] as [string, unknown, RegExp],
  ]),
  ["no status", { type: "presence.status", id: "1", note: "Tea" }, /status/],
  ["a status that only the gateway finds out", { type: "presence.status", id: "1", status: "in-a-call" }, /status/],
  ["a status that is no text", { type: "presence.status", id: "1", status: 7 }, /status/],
  ["a long note", { type: "presence.status", id: "1", status: "busy", note: "x".repeat(limits.note + 1) }, /note/],
  ["a line break in a note", { type: "presence.status", id: "1", status: "busy", note: "a\r\nb" }, /note/],
  ["too many groups", { type: "session.open", id: "1", groups: Array(limits.groups + 1).fill("a") }, /groups/],
  ["too many watched groups", { type: "session.open", id: "1", watch: Array(limits.groups + 1).fill("a") }, /watch/],
  ["a group that is no text", { type: "session.open", id: "1", groups: [{}] }, /groups/],
  ["an element of no kind", drawn({ ...shape, kind: "star" }), /put/],
  ["an element with more fields", drawn({ ...stroke, onclick: "x" }), /put/],
  ["a stroke without points", drawn({ ...stroke, points: [] }), /put/],
  ["too many points", drawn({ ...stroke, points: Array(limits.points + 1).fill([0, 0]) }), /put/],
  ["half a point", drawn({ ...stroke, points: [[1]] }), /put/],
  ["a point that is no number", drawn({ ...stroke, points: [["1", 2]] }), /put/],
  ["a point beyond the board", drawn({ ...stroke, points: [[1e9, 0]] }), /put/],
  ["a colour that is more", drawn({ ...shape, color: 'red" onload="x' }), /put/],
  ["a control character in a text", drawn({ ...label, text: "a\u0000" }), /put/],
  ["a long text", drawn({ ...label, text: "x".repeat(limits.boardText + 1) }), /put/],
  ["a picture from elsewhere", drawn({ ...image, source: "https://shop.example/a.png" }), /put/],
  ["a picture with script", drawn({ ...image, source: "data:image/svg+xml;base64,PHN2Zz4=" }), /put/],
  ["a large picture", drawn({ ...image, source: `data:image/png;base64,${"A".repeat(limits.picture)}` }), /put/],
  ["too many elements", { ...draw, put: Array(limits.put + 1).fill(stroke) }, /put/],
  ["too many removals", { ...draw, remove: Array(limits.remove + 1).fill("e") }, /remove/],
  ["a paper that is none", { ...draw, background: { paper: "wall" } }, /background/],
  ["a number below 0", { type: "board.read", id: "1", boardId: "b-1", since: -1 }, /since/],
  ["a board that is a path", { type: "board.open", id: "1", boardId: "../b" }, /boardId/],
  ["a cursor that is none", { type: "board.show", id: "1", boardId: "b-1", cursor: "here" }, /cursor/],
  ["another reason to reject", { type: "call.reject", ...call, reason: "bored" }, /reason/],
];

describe("frames of the browser", () => {
  for (const frame of clientFrames) {
    it(`are read: ${JSON.stringify(frame).slice(0, 90)}`, () => {
      const read = readClientFrame(frame);
      assert.ok("frame" in read, JSON.stringify(read));
      assert.equal(read.frame, frame);
    });
  }

  it("are all tried here", () => {
    assert.deepEqual([...new Set(clientFrames.map(({ type }) => type))].sort(), clientFrameTypes.sort());
  });
});

describe("a bad frame", () => {
  for (const [what, value, said] of bad) {
    it(`is told what is wrong: ${what}`, () => {
      const read = readClientFrame(value);
      assert.ok("bad" in read);
      assert.match(read.bad.text, said);
    });
  }

  it("is answered by its id when that much can be read", () => {
    const re = (value: unknown): string | undefined => {
      const read = readClientFrame(value);
      return "bad" in read ? read.bad.re : assert.fail("was read");
    };
    assert.equal(re({ type: "call.end", id: "7" }), "7");
    assert.equal(re({ type: "whatever", id: "8" }), "8");
    assert.equal(re({ type: "call.end", id: 9 }), undefined);
    assert.equal(re({ type: "call.end", id: "x".repeat(65) }), undefined);
  });

  it("of a type of the future is told apart, its name cut", () => {
    const read = readClientFrame({ type: "x".repeat(500), id: "1" });
    assert.ok("bad" in read);
    assert.equal(read.bad.unknownType?.length, 64);
  });

  it("does not show what it held", () => {
    const read = readClientFrame({ type: "session.open", id: "1", token: "secret".repeat(20_000) });
    assert.ok("bad" in read && !read.bad.text.includes("secret"));
  });
});
