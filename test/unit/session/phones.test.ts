import assert from "node:assert/strict";
import { answer, offer } from "../../support/call-rig.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { SessionRig, webAnswer, webOffer } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const held =
  "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n";

async function stage() {
  const rig = new SessionRig();
  const alice = await rig.page("alice@a.example");
  await rig.world.phone({ domain: "a.example", name: "bob" });
  const callId = await alice.call("bob@a.example");
  const [phone = assert.fail()] = rig.phones;
  return { rig, alice, callId, phone };
}

async function connected() {
  const at = await stage();
  at.phone.fact({ is: "answered", description: answer("v=0 ") });
  await settled();
  assert.equal(at.alice.of("call.answered").length, 1);
  return at;
}

describe("a page that talks to a phone", () => {
  it("hears early media", async () => {
    const { alice, callId, phone } = await stage();
    phone.fact({ is: "early", description: answer("early ") });
    await settled();
    const { description } = alice.last("call.early");
    assert.deepEqual(description, { kind: "answer", sdp: `early via t-${callId}.rtp`, generation: 1 });
  });

  it("is held, answers, and is told so", async () => {
    const { alice, callId, phone } = await connected();
    phone.fact({ is: "update", description: offer(held) });
    await settled();
    const { description } = alice.last("call.update");
    assert.deepEqual([description?.kind, description?.generation], ["offer", 2]);
    assert.equal(alice.last("call.hold").remote, true);
    const reply = { ...webAnswer, generation: 2 };
    assert.equal((await alice.ask({ type: "call.update", callId, description: reply }))?.type, "ok");
    assert.equal(phone.last("updated").description.kind, "answer");
    phone.fact({ is: "update", description: offer(held.replace("sendonly", "sendrecv")) });
    await settled();
    assert.deepEqual([alice.last("call.update").description?.generation, alice.last("call.hold").remote], [3, false]);
  });

  it("is asked for an offer when the phone wants one, and told the phone's answer", async () => {
    const { alice, callId, phone } = await connected();
    phone.fact({ is: "update" });
    await settled();
    assert.equal(alice.last("call.update").description, undefined);
    const description = { ...webOffer, generation: 2 };
    assert.equal((await alice.ask({ type: "call.update", callId, description }))?.type, "ok");
    assert.equal(phone.last("updated").description.kind, "offer");
    phone.fact({ is: "confirmed", description: answer("v=0 ") });
    await settled();
    assert.equal(alice.last("call.update").description?.kind, "answer");
    assert.equal(alice.of("call.answered").length, 1);
    const again = await alice.ask({ type: "call.update", callId, description });
    assert.equal(again?.type === "refused" && again.code, "unsupported");
  });

  it("sees the keys that are pressed there", async () => {
    const { rig, alice, phone } = await connected();
    phone.fact({ is: "digits", digits: "5", durationMs: 160 });
    assert.deepEqual(alice.last("call.dtmf").digit, "5");
    rig.clock.advance(1000);
  });

  for (const [cause, reason] of [
    [{ code: "busy", sip: 486 }, "busy"],
    [{ code: "unavailable", sip: 480, q850: 20 }, "unavailable"],
    [{ code: "peer-timeout", sip: 408 }, "unavailable"],
  ] as const) {
    it(`is told why the phone did not answer: ${cause.code} is ${reason}`, async () => {
      const { alice, phone } = await stage();
      phone.fact({ is: "ended", cause });
      const told = alice.last("call.ended");
      assert.deepEqual(
        [told.by, told.reason, told.sip, told.q850, told.durationMs],
        ["remote", reason, cause.sip, "q850" in cause ? cause.q850 : undefined, 0],
      );
    });
  }
});

describe("a page that is called by a phone without an offer", () => {
  it("offers in its answer, and is told the phone's answer", async () => {
    const rig = new SessionRig();
    const page = await rig.page("bob@a.example");
    const phone = new FakeLeg("phone");
    rig.switchboard.start({ leg: phone, caller: rig.world.caller(), target: { user: "bob@a.example" } });
    await settled();
    const { callId, description } = page.last("call.incoming");
    assert.equal(description, undefined);
    assert.equal((await page.ask({ type: "call.answer", callId, description: webOffer }))?.type, "ok");
    assert.equal(phone.last("answer").description.kind, "offer");
    assert.equal(page.of("call.answered").length, 0);
    phone.fact({ is: "confirmed", description: answer("v=0 ") });
    await settled();
    assert.equal(page.last("call.answered").description?.kind, "answer");
    page.session.disconnected();
    rig.assertEmpty();
  });
});
