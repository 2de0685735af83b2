import assert from "node:assert/strict";
import { differenceFrames, perFrame, snapshotFrames } from "../../../gateway/presence/frames.ts";
import type { ContactInfo } from "../../../gateway/protocol/values.ts";

const contact = (name: string, userData?: unknown): ContactInfo => ({
  target: { user: `${name}@a.example` },
  can: ["call"],
  status: "online",
  pages: 1,
  phones: 0,
  ...(userData !== undefined && { userData }),
});
const many = (count: number, userData?: unknown) =>
  Array.from({ length: count }, (_, index) => contact(`user-${index}`, userData));

describe("frames of a presence group", () => {
  it("are one even when nobody is in it", () => {
    assert.deepEqual(snapshotFrames("sales", []), [
      { type: "presence.snapshot", group: "sales", part: 1, parts: 1, contacts: [] },
    ]);
  });

  it("are as many as a large group needs, in order", () => {
    const all = many(2 * perFrame.contacts + 1);
    const frames = snapshotFrames("sales", all);
    assert.deepEqual(
      frames.map((frame) => frame.type === "presence.snapshot" && [frame.part, frame.parts, frame.contacts.length]),
      [
        [1, 3, 200],
        [2, 3, 200],
        [3, 3, 1],
      ],
    );
    assert.deepEqual(
      frames.flatMap((frame) => (frame.type === "presence.snapshot" ? frame.contacts : [])),
      all,
    );
  });

  it("stay below their size when user data is large", () => {
    const frames = [
      ...snapshotFrames("sales", many(50, "x".repeat(8_000))),
      ...differenceFrames("sales", { joined: many(50, "x".repeat(8_000)), left: [], changed: [] }),
    ];
    assert.ok(frames.length > 10);
    for (const frame of frames) assert.ok(JSON.stringify(frame).length <= perFrame.characters + 1_000);
  });

  it("say who left before who joined, and nothing when nothing is different", () => {
    assert.deepEqual(differenceFrames("sales", { joined: [], left: [], changed: [] }), []);
    const difference = {
      joined: [contact("bob")],
      left: [{ user: "carol@a.example" }],
      changed: [contact("dave")],
    };
    assert.deepEqual(differenceFrames("sales", difference), [
      { type: "presence.changed", group: "sales", ...difference },
    ]);
  });
});
