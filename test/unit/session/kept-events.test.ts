import assert from "node:assert/strict";
import { KeptEvents } from "../../../gateway/session/kept-events.ts";

const ringing = (callId = "c") => ({ type: "call.ringing", callId }) as const;

const numbers = (kept: KeptEvents, after: number): number[] | undefined =>
  kept.since(after)?.map(({ frame }) => frame.seq);

describe("kept events", () => {
  const filled = (count: number): KeptEvents => {
    const kept = new KeptEvents({ keptEvents: 3, keptBytes: 1000 });
    for (let made = 0; made < count; made++) kept.add(ringing());
    return kept;
  };

  it("are numbered from 1 and told as JSON", () => {
    const { frame, text, dropped } = filled(0).add(ringing("c1"));
    assert.deepEqual([frame, JSON.parse(text), dropped], [{ ...ringing("c1"), seq: 1 }, frame, 0]);
  });

  for (const [made, acknowledged, after, expected] of [
    [0, 0, 0, []],
    [3, 0, 0, [1, 2, 3]],
    [3, 0, 2, [3]],
    [3, 0, 3, []],
    [3, 2, 2, [3]],
    [3, 99, 3, []],
    // Dropped for want of room: number 1.
    [4, 0, 0, undefined],
    [4, 0, 1, [2, 3, 4]],
    // Acknowledged before: nobody can ask for them again.
    [3, 2, 1, undefined],
    // Never was.
    [3, 0, 4, undefined],
  ] as const) {
    it(`${made} made, ${acknowledged} acknowledged: after ${after} come ${expected?.join() ?? "not all"}`, () => {
      const kept = filled(made);
      kept.acknowledge(acknowledged);
      assert.deepEqual(numbers(kept, after), expected);
    });
  }

  it("that take too much room go, the oldest first, and are counted", () => {
    const kept = new KeptEvents({ keptEvents: 100, keptBytes: 1000 });
    const drops = [300, 300, 300, 300].map((size) => kept.add(ringing("x".repeat(size))).dropped);
    assert.deepEqual([drops, numbers(kept, 1), numbers(kept, 2)], [[0, 0, 1, 1], undefined, [3, 4]]);
    assert.deepEqual([kept.add(ringing("x".repeat(2000))).dropped, kept.size], [3, 0]);
  });
});
