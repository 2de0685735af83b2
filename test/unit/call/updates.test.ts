import assert from "node:assert/strict";
import type { Side } from "../../../gateway/call/negotiation.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { answer, CallRig, offer } from "../../support/call-rig.ts";
import { settled } from "../../support/settled.ts";

const sdp = (direction: string): string =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=${direction}\r\n`;

async function stage(side: Side) {
  const callee = new FakeLeg("callee");
  const rig = await CallRig.connected(callee);
  const [near, far] = side === "caller" ? [rig.caller, callee] : [callee, rig.caller];
  return { rig, callee, near, far };
}

for (const side of ["caller", "callee"] as const) {
  describe(`a change by the ${side}`, () => {
    for (const [direction, remoteHold] of [
      ["sendonly", true],
      ["inactive", true],
      ["sendrecv", false],
      ["recvonly", false],
    ] as const) {
      it(`to ${direction} ${remoteHold ? "holds" : "does not hold"} the other side`, async () => {
        const { rig, callee, near, far } = await stage(side);
        near.fact({ is: "update", description: offer(sdp(direction)) });
        await settled();
        const told = far.last("update");
        assert.equal(told.remoteHold, remoteHold);
        assert.equal(told.description?.sdp, `${sdp(direction)}via t-call.rtp`);
        far.fact({ is: "updated", description: answer("far answer ") });
        await settled();
        assert.deepEqual(near.last("updated").description, {
          kind: "answer",
          sdp: "far answer via t-call.rtp",
          generation: 3,
        });
        rig.call.close({ code: "normal" });
        rig.assertReleased(callee);
      });
    }

    it("is refused as the other side refuses it, and the next one goes", async () => {
      const { rig, near, far } = await stage(side);
      near.fact({ is: "update", description: offer("one ") });
      await settled();
      far.fact({ is: "update-refused", cause: { code: "not-acceptable", sip: 488 } });
      assert.deepEqual(near.last("refuse-update").cause, { code: "not-acceptable", sip: 488 });
      near.fact({ is: "update", description: offer("two ") });
      await settled();
      assert.equal(far.last("update").description?.sdp, "two via t-call.rtp");
      rig.call.close({ code: "normal" });
    });

    it("that meets one of the other side is glare (RFC 3261 14.2)", async () => {
      const { rig, near, far } = await stage(side);
      near.fact({ is: "update", description: offer("near ") });
      far.fact({ is: "update", description: offer("far ") });
      await settled();
      assert.equal(far.last("refuse-update").cause.sip, 491);
      assert.equal(near.done.includes("refuse-update"), false);
      assert.equal(far.last("update").description?.sdp, "near via t-call.rtp");
      rig.call.close({ code: "normal" });
    });

    it("without an offer asks the other side for one and brings the answer back", async () => {
      const { rig, near, far } = await stage(side);
      near.fact({ is: "update" });
      assert.deepEqual(far.last("update"), { do: "update", remoteHold: false });
      far.fact({ is: "updated", description: offer("far offer ") });
      await settled();
      assert.equal(near.last("updated").description.kind, "offer");
      near.fact({ is: "confirmed", description: answer("near answer ") });
      await settled();
      assert.equal(far.last("confirm").description?.sdp, "near answer via t-call.rtp");
      rig.call.close({ code: "normal" });
    });

    it("that the relay refuses leaves the call as it is", async () => {
      const { rig, near, far } = await stage(side);
      rig.relay.refuses = "refused";
      near.fact({ is: "update", description: offer("bad ") });
      await settled();
      assert.equal(near.last("refuse-update").cause.code, "media-failed");
      assert.equal(far.done.includes("update"), false);
      assert.equal(rig.call.state, "connected");
      rig.relay.refuses = undefined;
      near.fact({ is: "update", description: offer("good ") });
      await settled();
      assert.equal(far.last("update").description?.sdp, "good via t-call.rtp");
      rig.call.close({ code: "normal" });
    });

    it("that comes back from the relay after the end reaches nobody", async () => {
      const { rig, callee, near, far } = await stage(side);
      rig.relay.held = true;
      near.fact({ is: "update", description: offer("late ") });
      await settled();
      rig.call.close({ code: "stopping" });
      rig.relay.proceed();
      await settled();
      assert.equal(far.done.includes("update"), false);
      rig.assertReleased(callee);
    });
  });
}

describe("a change before the call is up", () => {
  it("is refused", async () => {
    const rig = new CallRig();
    await rig.ring(new FakeLeg("callee"));
    rig.caller.fact({ is: "update", description: offer("early ") });
    assert.equal(rig.caller.last("refuse-update").cause.code, "overload");
    rig.call.close({ code: "normal" });
  });
});

describe("key presses", () => {
  it("of the caller are sent by the relay one after another, and shown to the callee", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.caller.fact({ is: "digits", digits: "1,2", durationMs: 160 });
    rig.clock.advance(10_000);
    await settled();
    assert.deepEqual(rig.relay.all[0]?.log.slice(-2), ["digit caller 1", "digit caller 2"]);
    assert.deepEqual(
      callee.commands.flatMap((command) => (command.do === "digit" ? [command.digit] : [])),
      ["1", "2"],
    );
    rig.call.close({ code: "normal" });
    rig.assertReleased(callee);
  });

  it("of the callee go the other way", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    callee.fact({ is: "digits", digits: "#", durationMs: 160 });
    assert.deepEqual(rig.relay.all[0]?.log.at(-1), "digit call.rtp #");
    assert.equal(rig.caller.last("digit").digit, "#");
    rig.call.close({ code: "normal" });
  });

  it("that the relay heard are shown to the other side", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.relay.emit("digit", { session: "t-call.rtp", leg: "call.rtp", digit: "5", durationMs: 200 });
    assert.deepEqual(rig.caller.last("digit"), { do: "digit", digit: "5", durationMs: 200 });
    rig.relay.emit("digit", { session: "t-call.rtp", leg: "caller", digit: "6", durationMs: 120 });
    assert.deepEqual(callee.last("digit"), { do: "digit", digit: "6", durationMs: 120 });
    rig.call.close({ code: "normal" });
  });

  it("that wait when the call ends are forgotten", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.caller.fact({ is: "digits", digits: "12345", durationMs: 160 });
    callee.fact({ is: "ended", cause: { code: "normal" } });
    rig.clock.advance(10_000);
    assert.equal(rig.relay.all[0]?.log.filter((line) => line.startsWith("digit")).length, 1);
    rig.assertReleased(callee);
  });

  it("that the relay cannot send do not end the call", async () => {
    const callee = new FakeLeg("callee");
    const rig = await CallRig.connected(callee);
    rig.relay.refuses = "refused";
    rig.caller.fact({ is: "digits", digits: "1", durationMs: 160 });
    await settled();
    assert.equal(rig.call.state, "connected");
    rig.call.close({ code: "normal" });
  });
});
