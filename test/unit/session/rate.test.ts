import assert from "node:assert/strict";
import { Rate } from "../../../gateway/session/rate.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("a rate", () => {
  const takes = (rate: Rate, count: number): number =>
    Array.from({ length: count }, () => rate.take()).filter(Boolean).length;

  it("allows a burst, then so many a second", () => {
    const clock = new VirtualClock();
    const rate = new Rate(clock, 2, 5);
    assert.equal(takes(rate, 10), 5);
    clock.advance(1000);
    assert.equal(takes(rate, 10), 2);
    clock.advance(60_000);
    assert.equal(takes(rate, 10), 5);
  });

  it("lets what counts more through less often, and at all", () => {
    const clock = new VirtualClock();
    const rate = new Rate(clock, 2, 5);
    assert.deepEqual([rate.take(3), rate.take(3), rate.take(2)], [true, false, true]);
    assert.equal(rate.take(100), false);
    assert.equal(rate.retryAfterMs, 2500);
    clock.advance(2500);
    assert.equal(rate.take(100), true);
  });

  it("says when there is room again", () => {
    const clock = new VirtualClock();
    const rate = new Rate(clock, 2, 1);
    rate.take();
    assert.equal(rate.take(), false);
    assert.equal(rate.retryAfterMs, 500);
    clock.advance(499);
    assert.equal(rate.take(), false);
    clock.advance(1);
    assert.equal(rate.take(), true);
  });
});
