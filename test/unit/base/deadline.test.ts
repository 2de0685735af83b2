import assert from "node:assert/strict";
import { DeadlineError, withDeadline } from "../../../gateway/base/deadline.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const never = new Promise<never>(() => {});

describe("a deadline", () => {
  it("settles like the operation and leaves no timer", async () => {
    const clock = new VirtualClock();
    assert.equal(await withDeadline(Promise.resolve(5), 100, "counting", clock), 5);
    await assert.rejects(withDeadline(Promise.reject(new Error("own fault")), 100, "failing", clock), /own fault/);
    await settled();
    assert.equal(clock.pending, 0);
  });

  it("rejects with what was late, and how late", async () => {
    const clock = new VirtualClock();
    const waiting = withDeadline(never, 100, "waiting", clock);
    clock.advance(99);
    clock.advance(1);
    await assert.rejects(waiting, (fault: unknown) => {
      assert.ok(fault instanceof DeadlineError);
      assert.deepEqual([fault.code, fault.message], ["deadline", "waiting did not finish within 100 ms"]);
      return true;
    });
    assert.equal(clock.pending, 0);
  });
});
