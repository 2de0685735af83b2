import assert from "node:assert/strict";
import { LiveFuzz } from "./live.ts";
import { targets, tryFor } from "./targets.ts";

/** The same each time, so that a failure is of what changed; `npm run fuzz` takes another one at each run. */
const seed = 20_261;

describe(`mutated messages (seed ${seed})`, function () {
  this.timeout(60_000);

  for (const target of targets) {
    it(`break nothing of the ${target.name}`, () => {
      const { next, crashes } = tryFor(target, seed, 0, 1_500);
      console.log(`      ${next} tried, ${crashes.length} crashes`);
      assert.deepEqual(
        crashes.map(({ number, fault, bytes }) => ({ number, fault, bytes: bytes.toString("latin1") })),
        [],
      );
    });
  }

  it("do not keep a running server from serving, and leave nothing in it", async () => {
    const fuzz = await LiveFuzz.start();
    const end = performance.now() + 6_000;
    try {
      while (performance.now() < end) await fuzz.turn(seed);
    } finally {
      await fuzz.end();
    }
    console.log(`      tried ${JSON.stringify(fuzz.tried)}, crashes 0, gauges 0`);
  });
});
