import assert from "node:assert/strict";
import { FakeLeg } from "../../support/fake-leg.ts";
import { answer, CallRig, offer } from "../../support/call-rig.ts";
import { settled } from "../../support/settled.ts";

describe("a call that is answered", () => {
  it("offers, rings, joins both sides and ends by hanging up", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    assert.deepEqual(callee.last("offer"), {
      do: "offer",
      description: offer("caller offer via t-call.rtp"),
      call: { callId: "call", reference: "K7F3QM", from: rig.caller.party },
    });
    callee.fact({ is: "ringing" });
    callee.fact({ is: "ringing" });
    callee.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    assert.deepEqual(rig.caller.done, ["ringing", "answer"]);
    assert.deepEqual(rig.caller.last("answer").description, answer("callee answer via t-call.rtp"));
    assert.deepEqual(callee.done, ["offer", "confirm"]);
    assert.deepEqual([rig.call.state, rig.call.callee?.id], ["connected", callee.id]);
    rig.clock.advance(12_345);
    callee.fact({ is: "ended", cause: { code: "normal" } });
    assert.deepEqual(rig.caller.last("end"), { do: "end", cause: { code: "normal" }, by: "remote" });
    assert.deepEqual(rig.outcome, { cause: { code: "normal" }, by: "callee", durationMs: 12_345 });
    rig.assertReleased(callee);
  });

  it("names each leg to the relay by the same id all the time, and watches the sound from the answer on", async () => {
    const rig = await CallRig.connected(new FakeLeg("callee"));
    assert.deepEqual(rig.relay.all[0]?.log, ["offer caller→call.rtp", "answer call.rtp→caller", "watch"]);
    rig.call.close({ code: "normal" });
  });

  it("is up once: a second answer means nothing", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    callee.fact({ is: "answered", description: answer("again ") });
    await settled();
    assert.deepEqual(rig.caller.done, ["answer"]);
    rig.caller.fact({ is: "ended", cause: { code: "normal" } });
    assert.deepEqual(callee.last("end").by, "remote");
    rig.assertReleased(callee);
  });

  it("rings everybody at once; the first to answer wins and the others are told", async () => {
    const [page, tab, phone] = [new FakeLeg("page", "web"), new FakeLeg("tab", "web"), new FakeLeg("phone")];
    const rig = new CallRig();
    await rig.ring(page, tab, phone);
    assert.equal(rig.relay.sessions, 2, "one relay session a kind of branch");
    assert.equal(page.last("offer").description?.sdp, tab.last("offer").description?.sdp);
    for (const leg of [page, tab, phone]) leg.fact({ is: "ringing" });
    tab.fact({ is: "answered", description: answer("tab ") });
    page.fact({ is: "answered", description: answer("page ") });
    await settled();
    assert.equal(rig.caller.last("answer").description.sdp, "tab via t-call.web");
    for (const leg of [page, phone]) {
      assert.deepEqual(leg.last("end"), { do: "end", cause: { code: "answered-elsewhere" }, by: "system" });
      assert.equal(leg.heard, false);
    }
    assert.equal(rig.relay.sessions, 1, "the losers' media is released");
    rig.caller.fact({ is: "ended", cause: { code: "normal" } });
    rig.assertReleased(page, tab, phone);
  });

  it("lets the caller hear early media of one branch", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    callee.fact({ is: "early", description: answer("ringback ") });
    await settled();
    callee.fact({ is: "ringing" });
    callee.fact({ is: "early", description: answer("another fork ") });
    await settled();
    assert.deepEqual(rig.caller.done, ["early", "ringing", "early"]);
    assert.equal(rig.caller.last("early").description.sdp, "another fork via t-call.rtp");
    callee.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    assert.equal(rig.caller.last("answer").description.sdp, "callee answer via t-call.rtp");
    rig.call.close({ code: "normal" });
  });

  it("lets the caller hear ringing only while several branches ring", async () => {
    const [one, two] = [new FakeLeg("one"), new FakeLeg("two")];
    const rig = new CallRig();
    await rig.ring(one, two);
    one.fact({ is: "early", description: answer("one ") });
    two.fact({ is: "early", description: answer("two ") });
    await settled();
    assert.deepEqual(rig.caller.done, ["ringing"]);
    rig.call.close({ code: "normal" });
  });

  // RFC 3261 13.2.1: the answer may have come in a reliable provisional response, and not again in the 2xx.
  for (const others of [0, 1]) {
    it(`takes the early description for the answer when the answer has none, ${others} others ringing`, async () => {
      const callee = new FakeLeg("callee");
      const rig = new CallRig();
      await rig.ring(callee, ...Array.from({ length: others }, (_, index) => new FakeLeg(`other-${index}`)));
      callee.fact({ is: "early", description: answer("in the 183 ") });
      await settled();
      callee.fact({ is: "answered" });
      await settled();
      assert.equal(rig.call.state, "connected");
      assert.equal(rig.caller.last("answer").description.sdp, "in the 183 via t-call.rtp");
      rig.call.close({ code: "normal" });
    });
  }

  it("ends when there is no description at all", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig();
    await rig.ring(callee);
    callee.fact({ is: "answered" });
    await settled();
    assert.equal(rig.outcome.cause.code, "media-failed");
    rig.assertReleased(callee);
  });
});

describe("a call whose caller offers late (RFC 3261 13.2.1)", () => {
  it("sends the callee's offer with the answer, and the caller's answer back", async () => {
    const callee = new FakeLeg("callee");
    const rig = new CallRig({ offer: null });
    await rig.ring(callee);
    assert.equal(callee.last("offer").description, undefined);
    assert.equal(rig.relay.sessions, 0);
    callee.fact({ is: "answered", description: offer("callee offer ") });
    await settled();
    assert.equal(rig.call.state, "confirming");
    assert.deepEqual(rig.caller.last("answer").description, offer("callee offer via t-call.rtp"));
    rig.caller.fact({ is: "confirmed", description: answer("caller answer ") });
    await settled();
    assert.deepEqual(callee.last("confirm").description, answer("caller answer via t-call.rtp"));
    assert.equal(rig.call.state, "connected");
    rig.call.close({ code: "stopping" });
    rig.assertReleased(callee);
  });

  for (const [what, tell] of [
    ["the callee has no offer", (callee: FakeLeg) => callee.fact({ is: "answered" })],
    [
      "the caller's answer is missing",
      async (callee: FakeLeg, caller: FakeLeg) => {
        callee.fact({ is: "answered", description: offer("callee offer ") });
        await settled();
        caller.fact({ is: "confirmed" });
      },
    ],
  ] as const) {
    it(`ends when ${what}`, async () => {
      const callee = new FakeLeg("callee");
      const rig = new CallRig({ offer: null });
      await rig.ring(callee);
      await tell(callee, rig.caller);
      await settled();
      assert.deepEqual([rig.outcome.cause.code, rig.outcome.by], ["media-failed", "system"]);
      rig.assertReleased(callee);
    });
  }
});
