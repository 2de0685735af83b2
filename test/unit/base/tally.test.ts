import assert from "node:assert/strict";
import { Tally } from "../../../gateway/base/tally.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("a tally", () => {
  const stage = (maxKeys = 10) => {
    const clock = new VirtualClock();
    return { clock, tally: new Tally(clock, { window: 1000, maxKeys }) };
  };

  it("counts what happened within its window, by key", () => {
    const { clock, tally } = stage();
    tally.add("a", 5);
    clock.advance(600);
    tally.add("a", 5);
    tally.add("b", 5);
    assert.deepEqual([tally.count("a"), tally.count("b"), tally.count("c")], [2, 1, 0]);
    clock.advance(400);
    assert.deepEqual([tally.count("a"), tally.count("b")], [1, 1]);
  });

  it("says how long to wait until fewer count", () => {
    const { clock, tally } = stage();
    tally.add("a", 2);
    clock.advance(300);
    assert.equal(tally.waitMs("a", 2), 0);
    tally.add("a", 2);
    assert.equal(tally.waitMs("a", 2), 700);
    clock.advance(700);
    assert.equal(tally.waitMs("a", 2), 0);
  });

  it("takes back the last, or all", () => {
    const { tally } = stage();
    tally.add("a", 5);
    tally.add("a", 5);
    tally.undo("a");
    assert.equal(tally.count("a"), 1);
    tally.undo("a");
    tally.undo("a");
    tally.add("a", 5);
    tally.forget("a");
    assert.equal(tally.count("a"), 0);
  });

  it("forgets the key that was counted longest ago when there are too many", () => {
    const { tally } = stage(2);
    for (const key of ["a", "b", "a", "c"]) tally.add(key, 5);
    assert.deepEqual([tally.count("a"), tally.count("b"), tally.count("c")], [2, 0, 1]);
  });
});
