import assert from "node:assert/strict";
import type { TrunkConfig } from "../../../gateway/sip/trunk.ts";
import type { FakeLeg } from "../../support/fake-leg.ts";
import { SessionRig, shopKey, webAnswer, webOffer, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const trunk: TrunkConfig = {
  name: "t",
  address: "192.0.2.40",
  transport: "udp",
  profile: { name: "t", media: "rtp", codecs: "follow" },
  inbound: {},
};
const number = "+33 6 12 34 56 78";
const target = { user: "bob@a.example" };
const sdp = "v=0\r\n";
const answer = { kind: "answer", sdp, generation: 1 } as const;

const types = (page: Page): string[] =>
  page.frames.map((frame) => frame.type).filter((type) => type.startsWith("call."));

/** Alice's page has asked for a call between her telephone and Bob's page. */
async function asked(fields: object = {}) {
  const rig = new SessionRig({ trunks: [trunk] });
  const alice = await rig.page("alice@a.example");
  const bob = await rig.page("bob@a.example");
  const reply = await alice.ask({ type: "call.me", number, target, ...fields });
  return { rig, alice, bob, reply };
}

/** … and her telephone is being rung. */
async function dialled() {
  const at = await asked();
  assert.ok(at.reply?.type === "call.started", JSON.stringify(at.reply));
  const [phone] = at.rig.phones;
  assert.ok(phone);
  return { ...at, phone, callId: at.reply.callId };
}

async function fact(leg: FakeLeg, what: Parameters<FakeLeg["fact"]>[0]): Promise<void> {
  leg.fact(what);
  await settled();
}

/** … she has answered, hears the tone, and Bob's page rings. */
async function waiting() {
  const at = await dialled();
  await fact(at.phone, { is: "ringing" });
  await fact(at.phone, { is: "answered", description: answer });
  at.bob.last("call.incoming");
  return at;
}

/** … Bob has answered, and her telephone is offered his media. */
async function joining() {
  const at = await waiting();
  const { callId } = at.bob.last("call.incoming");
  assert.equal((await at.bob.ask({ type: "call.answer", callId, description: webOffer }))?.type, "ok");
  at.phone.last("update");
  return at;
}

async function joined() {
  const at = await joining();
  await fact(at.phone, { is: "updated", description: webAnswer });
  assert.equal(at.rig.switchboard.connected, 1);
  return at;
}

type Stage = Awaited<ReturnType<typeof dialled>>;

/** Both pages are closed: nothing is left of it. */
async function assertOver({ rig, alice, bob, phone }: Stage, phoneEnds = true): Promise<void> {
  await settled();
  if (phoneEnds) assert.equal(phone.done.at(-1), "end");
  else assert.equal(phone.done.includes("end"), false);
  for (const page of [alice, bob]) page.session.disconnected();
  await settled();
  rig.assertEmpty();
}

const ended = (page: Page) => {
  const { by, reason } = page.last("call.ended");
  return [by, reason];
};

describe("call me", () => {
  it("rings the telephone, plays a tone to it, and rings the target only when it has answered", async () => {
    const at = await dialled();
    const { description, call } = at.phone.last("offer");
    assert.deepEqual([description?.kind, call.callId, call.from.address], ["offer", at.callId, target]);
    assert.deepEqual(at.rig.player.program, { ringback: true });
    assert.deepEqual(types(at.bob), []);
    await fact(at.phone, { is: "ringing" });
    assert.equal(at.rig.player.accepted, undefined);
    await fact(at.phone, { is: "answered", description: answer });
    assert.match(String(at.rig.player.accepted), /^v=0/);
    assert.deepEqual(at.bob.last("call.incoming").peer.number, "+33612345678");
    assert.deepEqual(types(at.alice), ["call.started", "call.ringing"]);
  });

  it("joins the two, lets the tone go, and tells the page as a call of its own, without media", async () => {
    const at = await joined();
    assert.equal(at.rig.player.sessions, 0);
    assert.deepEqual(types(at.alice), ["call.started", "call.ringing", "call.answered"]);
    assert.equal(at.alice.last("call.answered").description, undefined);
    assert.equal(at.bob.last("call.answered").description?.kind, "answer");
    at.rig.clock.advance(3000);
    await at.bob.ask({ type: "call.end", callId: at.callId });
    assert.deepEqual(ended(at.alice), ["remote", "normal"]);
    assert.equal(at.alice.last("call.ended").durationMs, 3000);
    await assertOver(at);
  });

  it("sends keys that are pressed on the page, and holds and resumes like any call", async () => {
    const at = await joined();
    await at.alice.ask({ type: "call.dtmf", callId: at.callId, digits: "5" });
    assert.equal(at.bob.last("call.dtmf").digit, "5");
    await fact(at.phone, { is: "update", description: webOffer });
    assert.equal(at.bob.last("call.update").description?.kind, "offer");
    await at.bob.ask({ type: "call.update", callId: at.callId, description: webAnswer });
    assert.equal(at.phone.last("updated").description.kind, "answer");
    await at.alice.ask({ type: "call.end", callId: at.callId });
    assert.deepEqual(ended(at.bob), ["remote", "normal"]);
    await assertOver(at);
  });

  for (const code of ["busy", "no-answer", "not-found"] as const) {
    it(`is over when the visitor's telephone is ${code}`, async () => {
      const at = await dialled();
      await fact(at.phone, { is: "ended", cause: { code } });
      assert.deepEqual([ended(at.alice), types(at.bob)], [["system", code], []]);
      await assertOver(at, false);
    });
  }

  it("does not ring the visitor for ever", async () => {
    const at = await dialled();
    at.rig.clock.advance(60_000);
    await settled();
    assert.deepEqual(ended(at.alice), ["system", "no-answer"]);
    await assertOver(at);
  });

  it("ends the visitor's call when the target is busy", async () => {
    const at = await waiting();
    await at.bob.ask({ type: "call.reject", callId: at.callId, reason: "busy" });
    assert.deepEqual(ended(at.alice), ["remote", "busy"]);
    await assertOver(at);
  });

  it("ends it when the visitor hangs up, at each stage", async () => {
    for (const stage of [waiting, joining, joined]) {
      const at = await stage();
      await fact(at.phone, { is: "ended", cause: { code: "normal" } });
      assert.deepEqual([ended(at.alice), ended(at.bob)[0]], [["system", "normal"], "remote"], stage.name);
      await assertOver(at, false);
    }
  });

  it("ends it when the page asks, at each stage", async () => {
    for (const stage of [dialled, waiting, joining, joined]) {
      const at = await stage();
      await at.alice.ask({ type: "call.end", callId: at.callId });
      assert.deepEqual(ended(at.alice), ["local", "normal"], stage.name);
      await assertOver(at);
    }
  });

  it("ends it when the page is closed before the visitor has answered, and leaves it up afterwards", async () => {
    const early = await dialled();
    early.alice.session.disconnected();
    await assertOver(early);
    const at = await joined();
    at.alice.session.disconnected();
    await settled();
    assert.equal(at.rig.switchboard.connected, 1);
    await at.bob.ask({ type: "call.end", callId: at.callId });
    await assertOver(at);
  });

  it("ends it when the visitor's telephone does not take the far end's media", async () => {
    const at = await joining();
    await fact(at.phone, { is: "update-refused", cause: { code: "not-acceptable", sip: 488 } });
    assert.deepEqual(ended(at.alice), ["system", "media-failed"]);
    await assertOver(at);
  });

  it("ends it when the relay or the player fails", async () => {
    const rig = new SessionRig({ trunks: [trunk] });
    rig.player.full = true;
    const alice = await rig.page("alice@a.example");
    await alice.ask({ type: "call.me", number, target });
    await settled();
    assert.deepEqual(ended(alice), ["system", "media-failed"]);
    alice.session.disconnected();
    rig.assertEmpty();
  });

  it("refuses a change of the visitor's telephone while the two are being joined", async () => {
    const at = await joining();
    await fact(at.phone, { is: "update", description: webOffer });
    assert.equal(at.phone.last("refuse-update").cause.sip, 491);
  });

  for (const [wrong, code] of [
    ["112", "not-allowed"],
    ["+1 1 2", "not-allowed"],
    ["600", "not-allowed"],
    ["6-0-1", "not-allowed"],
    ["bob", "bad-target"],
    ["*21*0033", "bad-target"],
    ["12", "bad-target"],
  ] as const) {
    it(`refuses to ring ${wrong}: ${code}`, async () => {
      const { rig, reply } = await asked({ number: wrong });
      assert.ok(reply?.type === "refused");
      assert.deepEqual([reply.code, rig.phones.length], [code, 0]);
    });
  }

  it("rings one number a few times an hour only, whoever asks", async () => {
    const { rig, alice } = await asked();
    const bob = await rig.page("bob@a.example");
    for (const page of [bob, bob]) await page.ask({ type: "call.me", number, target: { user: "alice@a.example" } });
    const reply = await alice.ask({ type: "call.me", number: "+33612345678", target });
    assert.ok(reply?.type === "refused" && reply.code === "rate-limited");
    assert.equal(reply.retryAfterMs, 3_600_000);
  });

  it("rings for guests what their application key allows, and counts such calls with the others", async () => {
    const { rig, bob } = await asked();
    const guest = rig.visit("https://shop.example");
    await guest.ask({ type: "session.open", appKey: shopKey.key });
    const foreign = await guest.ask({ type: "call.me", number: "+44 20 7946 0958", target });
    assert.ok(foreign?.type === "refused" && foreign.code === "not-allowed");
    const reply = await guest.ask({ type: "call.me", number, target });
    assert.ok(reply?.type === "call.started");
    const other = await guest.ask({ type: "call.me", number, target: { user: "alice@a.example" } });
    assert.ok(other?.type === "refused" && other.code === "not-allowed");
    const phone = rig.phones.at(-1);
    assert.ok(phone);
    await fact(phone, { is: "answered", description: answer });
    assert.equal(bob.last("call.incoming").peer.name, "Shop");
    await bob.ask({ type: "call.answer", callId: reply.callId, description: webOffer });
    await fact(phone, { is: "updated", description: webAnswer });
    rig.clock.advance(shopKey.longestCall);
    await settled();
    assert.equal(guest.last("call.ended").by, "system");
  });
});
