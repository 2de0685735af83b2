import assert from "node:assert/strict";
import { DigitQueue } from "../../../gateway/call/digits.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

function stage() {
  const clock = new VirtualClock();
  const start = clock.now();
  const sent: string[] = [];
  const queue = new DigitQueue(clock, (digit, ms) => sent.push(`${digit} for ${ms} at ${clock.now() - start}`));
  return { clock, sent, queue };
}

describe("digits to be sent", () => {
  it("follow one another with a pause between", () => {
    const { clock, sent, queue } = stage();
    queue.push("1#");
    clock.advance(5000);
    assert.deepEqual(sent, ["1 for 160 at 0", "# for 160 at 260"]);
    assert.equal(clock.pending, 0);
  });

  it("wait a second for each comma", () => {
    const { clock, sent, queue } = stage();
    queue.push("1,,2");
    clock.advance(5000);
    assert.deepEqual(sent, ["1 for 160 at 0", "2 for 160 at 2260"]);
  });

  it("queue behind those that are under way", () => {
    const { clock, sent, queue } = stage();
    queue.push("1");
    clock.advance(100);
    queue.push("2");
    clock.advance(5000);
    queue.push("3");
    assert.deepEqual(sent, ["1 for 160 at 0", "2 for 160 at 260", "3 for 160 at 5100"]);
  });

  it("are forgotten when the call ends", () => {
    const { clock, sent, queue } = stage();
    queue.push("123");
    queue.close();
    clock.advance(5000);
    assert.deepEqual([sent.length, clock.pending], [1, 0]);
  });
});
