import assert from "node:assert/strict";
import type { Cause } from "../../../gateway/call/cause.ts";
import type { LegFact } from "../../../gateway/call/leg.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { answer, CallRig, ringTimeout } from "../../support/call-rig.ts";
import { settled } from "../../support/settled.ts";

const hungUp: LegFact = { is: "ended", cause: { code: "normal" } };
const ends = (code: Cause["code"], sip: number): LegFact => ({ is: "ended", cause: { code, sip } });

describe("a call that the caller gives up", () => {
  it("before there is anybody to ring rings nobody", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    rig.caller.fact(hungUp);
    await rig.ring(callee);
    assert.deepEqual(callee.done, []);
    assert.deepEqual(rig.outcome, { cause: { code: "cancelled" }, by: "caller", durationMs: 0 });
    rig.assertReleased(callee);
  });

  for (const when of ["before", "after"] as const) {
    it(`${when} it rings is cancelled everywhere`, async () => {
      const [one, two] = [new FakeLeg("one"), new FakeLeg("two", "web")];
      const rig = new CallRig();
      await rig.ring(one, two);
      if (when === "after") one.fact({ is: "ringing" });
      rig.caller.fact(hungUp);
      for (const leg of [one, two]) {
        assert.deepEqual(leg.last("end"), { do: "end", cause: { code: "cancelled" }, by: "remote" });
      }
      assert.equal(rig.caller.done.includes("end"), false, "who hung up is not told again");
      rig.assertReleased(one, two);
    });
  }

  it("while the answer is being joined releases who answered", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    rig.relay.held = true;
    callee.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    rig.caller.fact(hungUp);
    rig.relay.proceed();
    await settled();
    assert.deepEqual(callee.done, ["offer", "end"]);
    assert.deepEqual(rig.caller.done, []);
    rig.assertReleased(callee);
  });

  it("while the relay makes the offer undoes that offer", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    rig.relay.held = true;
    await rig.ring(callee);
    assert.equal(rig.relay.sessions, 1);
    rig.caller.fact(hungUp);
    rig.relay.proceed();
    await settled();
    assert.deepEqual(callee.done, ["end"], "nobody is rung any more");
    rig.assertReleased(callee);
  });
});

describe("a call that nobody takes", () => {
  it("ends with the best cause when every branch has failed", async () => {
    const [one, two, three] = [new FakeLeg("one"), new FakeLeg("two"), new FakeLeg("three")];
    const rig = new CallRig();
    await rig.ring(one, two, three);
    one.fact(ends("unavailable", 480));
    two.fact(ends("busy", 486));
    assert.equal(rig.call.state, "ringing");
    three.fact(ends("not-found", 404));
    assert.deepEqual(rig.caller.last("end"), { do: "end", cause: { code: "busy", sip: 486 }, by: "remote" });
    assert.deepEqual([rig.outcome.by, rig.outcome.durationMs], ["callee", 0]);
    rig.assertReleased(one, two, three);
  });

  it("goes on while one branch is left, and can still be answered", async () => {
    const [one, two] = [new FakeLeg("one"), new FakeLeg("two")];
    const rig = new CallRig();
    await rig.ring(one, two);
    one.fact(ends("declined", 603));
    two.fact({ is: "answered", description: answer("two ") });
    await settled();
    assert.equal(rig.call.state, "connected");
    rig.call.close({ code: "normal" });
  });

  it("stops ringing after the ring time", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    callee.fact({ is: "ringing" });
    rig.clock.advance(ringTimeout - 1);
    assert.equal(rig.call.state, "ringing");
    rig.clock.advance(1);
    assert.deepEqual(callee.last("end"), { do: "end", cause: { code: "no-answer" }, by: "system" });
    assert.deepEqual(rig.caller.last("end"), { do: "end", cause: { code: "no-answer" }, by: "system" });
    rig.assertReleased(callee);
  });

  it("does not stop for the ring time once it is answered", async () => {
    const rig = await CallRig.connected(new FakeLeg("callee"));
    rig.clock.advance(10 * ringTimeout);
    assert.equal(rig.call.state, "connected");
    rig.call.close({ code: "normal" });
  });

  it("is refused when there is nobody to ring", () => {
    const rig = new CallRig();
    rig.call.refuse({ code: "not-found" });
    assert.deepEqual(rig.caller.last("end"), { do: "end", cause: { code: "not-found" }, by: "system" });
    rig.assertReleased();
  });
});

describe("a call whose relay fails", () => {
  for (const [refusal, code] of [
    ["refused", "media-failed"],
    ["timeout", "media-failed"],
    ["bad-sdp", "media-failed"],
    ["no-relay", "relay-lost"],
  ] as const) {
    it(`ends with ${code} when the relay says ${refusal}`, async () => {
      const callee = new FakeLeg("callee");
      const rig = new CallRig();
      rig.relay.refuses = refusal;
      await rig.ring(callee);
      assert.deepEqual(callee.done, ["end"]);
      assert.deepEqual(rig.outcome.cause, { code, text: refusal });
      rig.assertReleased(callee);
    });
  }

  it("goes on with branches of another kind when the relay cannot serve one", async () => {
    const phone = new FakeLeg("phone", "srtp");
    const page = new FakeLeg("page", "web");
    const rig = new CallRig();
    rig.relay.refusesKind = "srtp";
    await rig.ring(phone, page);
    assert.deepEqual([phone.done, page.done, rig.call.state], [["end"], ["offer"], "ringing"]);
    page.fact({ is: "ended", cause: { code: "busy" } });
    assert.equal(rig.outcome.cause.code, "busy");
    rig.assertReleased(phone, page);
  });

  it("ends when no relay is there", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    rig.relay.available = false;
    await rig.ring(callee);
    assert.equal(rig.outcome.cause.code, "relay-lost");
    rig.assertReleased(callee);
  });

  it("ends both sides when the answer cannot be joined", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    rig.relay.refuses = "refused";
    callee.fact({ is: "answered", description: answer("not SDP") });
    await settled();
    for (const leg of [rig.caller, callee]) assert.equal(leg.last("end").cause.code, "media-failed");
    rig.assertReleased(callee);
  });

  it("ends when the relay dies", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.relay.emit("lost", { sessions: ["t-other", "t-call.rtp"], reason: "killed" });
    for (const leg of [rig.caller, callee]) {
      assert.deepEqual(leg.last("end"), { do: "end", cause: { code: "relay-lost" }, by: "system" });
    }
    rig.assertReleased(callee);
  });

  it("ends when a side is silent, but not while it rings", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    rig.relay.emit("media-timeout", { session: "t-call.rtp", leg: "caller" });
    assert.equal(rig.call.state, "ringing");
    callee.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    rig.relay.emit("media-timeout", { session: "t-another.rtp", leg: "caller" });
    assert.equal(rig.call.state, "connected");
    rig.relay.emit("media-timeout", { session: "t-call.rtp", leg: "call.rtp" });
    assert.equal(rig.outcome.cause.code, "media-timeout");
    rig.assertReleased(callee);
  });
});

describe("the end of a call", () => {
  it("comes once, whoever asks for it and how often", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.caller.fact(hungUp);
    callee.fact(hungUp);
    rig.call.close({ code: "stopping" });
    rig.call.refuse({ code: "overload" });
    rig.relay.emit("lost", { sessions: ["t-call.rtp"], reason: "killed" });
    await settled();
    assert.deepEqual(callee.done.filter((what) => what === "end").length, 1);
    assert.equal(rig.outcome.cause.code, "normal");
    rig.assertReleased(callee);
  });

  it("comes when a turn of it is broken", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    callee.command = ({ do: what }) => {
      if (what === "offer") throw new Error("a leg must not throw");
    };
    await rig.ring(callee);
    assert.deepEqual(rig.caller.last("end").cause, { code: "server-error" });
    rig.assertReleased(callee);
  });
});
