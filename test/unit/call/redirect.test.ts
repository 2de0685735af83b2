import assert from "node:assert/strict";
import type { LegFact } from "../../../gateway/call/leg.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { answer, CallRig } from "../../support/call-rig.ts";
import { settled } from "../../support/settled.ts";

const moved: LegFact = { is: "redirected", targets: ["sip:carol@a.example"], sip: 302 };

describe("a callee that redirects (RFC 3261 8.1.3.4)", () => {
  it("is replaced by the one that it names", async () => {
    const [bob, carol] = [new FakeLeg("bob"), new FakeLeg("carol")];
    const rig = new CallRig();
    const asked: unknown[] = [];
    rig.redirect = async (leg, targets, hops) => {
      asked.push(leg.id, targets, hops);
      return [carol];
    };
    await rig.ring(bob);
    bob.fact(moved);
    await settled();
    assert.deepEqual(asked, ["bob", ["sip:carol@a.example"], 1]);
    assert.deepEqual([bob.done, bob.heard, carol.done], [["offer"], false, ["offer"]]);
    carol.fact({ is: "answered", description: answer("carol ") });
    await settled();
    assert.equal(rig.call.callee?.id, carol.id);
    rig.call.close({ code: "normal" });
    rig.assertReleased(bob, carol);
  });

  it("is followed three times and no more", async () => {
    const rig = new CallRig();
    const legs = Array.from({ length: 5 }, (_, hop) => new FakeLeg(`hop-${hop}`));
    rig.redirect = async (_leg, _targets, hops) => legs.slice(hops, hops + 1);
    await rig.ring(...legs.slice(0, 1));
    for (const leg of legs.slice(0, 4)) {
      leg.fact(moved);
      await settled();
    }
    assert.deepEqual(
      legs.map(({ done }) => done.length),
      [1, 1, 1, 1, 0],
    );
    assert.deepEqual(rig.outcome.cause, { code: "redirected", sip: 302, text: "redirected too often" });
    rig.assertReleased(...legs);
  });

  it("is not followed where the caller may not go; the caller is told", async () => {
    const bob = new FakeLeg("bob");
    const rig = new CallRig();
    await rig.ring(bob);
    bob.fact(moved);
    await settled();
    assert.deepEqual(rig.caller.last("end").cause, { code: "redirected", sip: 302 });
    rig.assertReleased(bob);
  });

  it("leaves the other branches ringing", async () => {
    const [bob, tab] = [new FakeLeg("bob"), new FakeLeg("tab", "web")];
    const rig = new CallRig();
    await rig.ring(bob, tab);
    bob.fact(moved);
    await settled();
    assert.equal(rig.call.state, "ringing");
    tab.fact({ is: "answered", description: answer("tab ") });
    await settled();
    assert.equal(rig.call.callee?.id, tab.id);
    rig.call.close({ code: "normal" });
    rig.assertReleased(bob, tab);
  });

  it("is not followed any more when another has answered by then", async () => {
    const [bob, tab, carol] = [new FakeLeg("bob"), new FakeLeg("tab", "web"), new FakeLeg("carol")];
    const rig = new CallRig();
    let found: (legs: FakeLeg[]) => void = () => {};
    rig.redirect = () => new Promise((resolve) => (found = resolve));
    await rig.ring(bob, tab);
    bob.fact(moved);
    await settled();
    tab.fact({ is: "answered", description: answer("tab ") });
    await settled();
    found([carol]);
    await settled();
    assert.deepEqual(carol.done, []);
    rig.call.close({ code: "normal" });
    rig.assertReleased(bob, tab, carol);
  });
});
