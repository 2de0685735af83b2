import assert from "node:assert/strict";
import { perFrame } from "../../../gateway/presence/frames.ts";
import { PresenceRig } from "../../support/presence-rig.ts";

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe("a storm of sign-ins", () => {
  it("of 10,000 at once is one snapshot each, not a frame for each pair", async () => {
    const rig = new PresenceRig();
    const count = 10_000;
    const all = Array.from({ length: count }, (_, index) => rig.enter(`user-${index}@a.example`, {}, false));
    await rig.told(500);
    const frames = sum(all.map((one) => one.frames));
    assert.equal(frames, count * (count / perFrame.contacts)); // 500,000; 100,000,000 pairs
    assert.deepEqual(rig.presence.held, { groups: 1, members: count, watchers: count });
    all[0]?.attendance.setStatus("away");
    await rig.told(500);
    assert.equal(sum(all.map((one) => one.frames)) - frames, count); // one change: one frame for each watcher
    rig.presence.close();
    rig.assertEmpty();
  }).timeout(20_000);

  it("of 2,000 over a second is a frame for each session in each gathering", async () => {
    const rig = new PresenceRig();
    const all = [];
    for (let tick = 0; tick < 20; tick++) {
      for (let index = 0; index < 100; index++) all.push(rig.enter(`user-${tick}-${index}@a.example`, {}, false));
      await rig.told(50);
    }
    await rig.told(100);
    const frames = sum(all.map((one) => one.frames));
    assert.ok(frames < 45_000, `${frames} frames`); // 4,000,000 without gathering
    for (const one of all) one.attendance.close();
    rig.assertEmpty();
  });
});
