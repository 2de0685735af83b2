import assert from "node:assert/strict";
import { SessionRig, webAnswer, webOffer, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const codeOf = (answer: object | undefined): unknown => (answer as { code?: string } | undefined)?.code;
const types = (page: Page): string[] =>
  page.frames.map((frame) => frame.type).filter((type) => type.startsWith("call."));

async function two() {
  const rig = new SessionRig();
  const alice = await rig.page("alice@a.example");
  const bob = await rig.page("bob@a.example");
  return { rig, alice, bob };
}

async function connected() {
  const at = await two();
  const callId = await at.alice.call("bob@a.example");
  assert.equal((await at.bob.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
  return { ...at, callId };
}

describe("a call from page to page", () => {
  it("starts, comes in, rings, is answered and ended", async () => {
    const { rig, alice, bob, callId } = await connected();
    rig.clock.advance(5000);
    await alice.ask({ type: "call.end", callId });
    assert.deepEqual(types(alice), ["call.started", "call.ringing", "call.answered", "call.ended"]);
    assert.deepEqual(types(bob), ["call.incoming", "call.answered", "call.ended"]);
    const incoming = bob.last("call.incoming");
    assert.equal(incoming.reference, alice.last("call.started").reference);
    assert.deepEqual(incoming.peer.target, { user: "alice@a.example" });
    assert.deepEqual(
      [alice, bob].map((page) => {
        const { by, reason, durationMs } = page.last("call.ended");
        return [by, reason, durationMs];
      }),
      [
        ["local", "normal", 5000],
        ["remote", "normal", 5000],
      ],
    );
    for (const page of [alice, bob]) page.session.disconnected();
    rig.assertEmpty();
  });

  it("is told to the page that answers first; the others see answered elsewhere", async () => {
    const { rig, alice, bob } = await two();
    const tab = await rig.page("bob@a.example");
    const callId = await alice.call("bob@a.example");
    await tab.ask({ type: "call.answer", callId, description: webAnswer });
    assert.equal(bob.last("call.ended").reason, "answered-elsewhere");
    assert.equal(codeOf(await bob.ask({ type: "call.answer", callId, description: webAnswer })), "unknown-call");
    assert.equal(rig.switchboard.connected, 1);
  });

  for (const [ask, mine, theirs] of [
    [{ type: "call.reject" }, "declined", "declined"],
    [{ type: "call.reject", reason: "busy" }, "busy", "busy"],
    [{ type: "call.end" }, "normal", "declined"],
  ] as const) {
    it(`that is refused by ${JSON.stringify(ask)} ends as ${theirs}`, async () => {
      const { rig, alice, bob } = await two();
      const callId = await alice.call("bob@a.example");
      assert.equal((await bob.ask({ ...ask, callId }))?.type, "ok");
      assert.deepEqual([bob.last("call.ended").by, bob.last("call.ended").reason], ["local", mine]);
      assert.deepEqual([alice.last("call.ended").by, alice.last("call.ended").reason], ["remote", theirs]);
      assert.equal(rig.switchboard.calls, 0);
    });
  }

  it("that is given up stops ringing", async () => {
    const { rig, alice, bob } = await two();
    const callId = await alice.call("bob@a.example");
    await alice.ask({ type: "call.end", callId });
    assert.deepEqual([bob.last("call.ended").reason, rig.relay.sessions], ["cancelled", 0]);
  });

  it("that is given up before it rings is never heard of by the other page", async () => {
    const { rig, alice, bob } = await two();
    rig.relay.held = true;
    const callId = await alice.call("bob@a.example");
    await alice.ask({ type: "call.end", callId });
    rig.relay.proceed();
    await settled();
    assert.deepEqual(types(bob), []);
    assert.equal(bob.session.calls, 0);
  });

  it("to nobody ends at once, after its start was answered", async () => {
    const { rig, alice } = await two();
    const callId = await alice.call("nobody@a.example");
    assert.deepEqual(types(alice), ["call.started", "call.ended"]);
    assert.deepEqual([alice.last("call.ended").callId, alice.last("call.ended").reason], [callId, "not-found"]);
    assert.deepEqual([alice.session.calls, rig.switchboard.calls], [0, 0]);
  });

  it("that is one too many ends with overload, after its start was answered", async () => {
    const rig = new SessionRig({ maxCalls: 1 });
    const alice = await rig.page("alice@a.example");
    await rig.page("bob@a.example");
    await alice.call("bob@a.example");
    const callId = await alice.call("bob@a.example");
    assert.deepEqual([alice.last("call.ended").callId, alice.last("call.ended").reason], [callId, "overload"]);
    assert.equal(alice.session.calls, 1);
  });

  it("ends when a page closes, for both, and holds nothing", async () => {
    const { rig, alice, bob } = await connected();
    alice.session.disconnected();
    rig.clock.advance(10_000);
    assert.deepEqual([bob.last("call.ended").by, bob.last("call.ended").reason], ["remote", "network-lost"]);
    bob.session.disconnected();
    rig.assertEmpty();
  });

  it("ends when a page closes while it rings", async () => {
    const { rig, alice, bob } = await two();
    await alice.call("bob@a.example");
    bob.session.disconnected();
    rig.clock.advance(2_999);
    assert.equal(alice.of("call.ended").length, 0);
    rig.clock.advance(1);
    assert.equal(alice.last("call.ended").reason, "network-lost");
    alice.session.disconnected();
    rig.assertEmpty();
  });
});

describe("requests about a call", () => {
  it("of another session are answered as if there were no such call", async () => {
    const { rig, alice, callId } = await connected();
    const eve = await rig.page("eve@a.example");
    const tab = await rig.page("alice@a.example");
    for (const stranger of [eve, tab]) {
      for (const frame of [
        { type: "call.end" },
        { type: "call.reject" },
        { type: "call.answer", description: webAnswer },
        { type: "call.update", description: webAnswer },
        { type: "call.dtmf", digits: "1" },
        { type: "call.candidate" },
      ]) {
        const answer = await stranger.ask({ ...frame, callId });
        const nowhere = await stranger.ask({ ...frame, callId: "no-such-call" });
        assert.deepEqual({ ...answer, re: "" }, { ...nowhere, re: "" });
        assert.equal(codeOf(answer), "unknown-call");
      }
    }
    assert.deepEqual([rig.switchboard.connected, alice.of("call.ended").length], [1, 0]);
  });

  it("that come too late are in the wrong state", async () => {
    const { bob, callId } = await connected();
    assert.equal(codeOf(await bob.ask({ type: "call.answer", callId, description: webAnswer })), "wrong-state");
    assert.equal(codeOf(await bob.ask({ type: "call.reject", callId })), "wrong-state");
  });

  it("for candidates are taken and left alone", async () => {
    const { alice, callId } = await connected();
    assert.equal((await alice.ask({ type: "call.candidate", callId, candidate: {} }))?.type, "ok");
  });

  it("for key presses reach the other page one after another", async () => {
    const { rig, alice, bob, callId } = await connected();
    await alice.ask({ type: "call.dtmf", callId, digits: "1,#" });
    rig.clock.advance(3000);
    assert.deepEqual(
      bob.of("call.dtmf").map(({ digit }) => digit),
      ["1", "#"],
    );
  });

  it("for a new offer are not served yet", async () => {
    const { alice, callId } = await connected();
    const answer = await alice.ask({ type: "call.update", callId, description: { ...webOffer, generation: 2 } });
    assert.equal(codeOf(answer), "unsupported");
  });

  for (const [what, more, code] of [
    ["an answer", { description: webAnswer }, "bad-description"],
    ["text that is not SDP", { description: { ...webOffer, sdp: "hello" } }, "bad-description"],
    ["too much data", { data: "x".repeat(8192) }, "too-large"],
  ] as const) {
    it(`are refused when a call starts with ${what}`, async () => {
      const { rig, alice } = await two();
      const start = { type: "call.start", target: { user: "bob@a.example" }, description: webOffer, ...more };
      assert.equal(codeOf(await alice.ask(start)), code);
      assert.equal(rig.switchboard.calls, 0);
    });
  }

  it("are refused when an answer is not SDP, and the call rings on", async () => {
    const { alice, bob } = await two();
    const callId = await alice.call("bob@a.example");
    const description = { ...webAnswer, sdp: "hello" };
    assert.equal(codeOf(await bob.ask({ type: "call.answer", callId, description })), "bad-description");
    assert.equal((await bob.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
  });

  it("carry data to the one who is called", async () => {
    const { alice, bob } = await two();
    const data = { order: 7 };
    await alice.ask({ type: "call.start", target: { user: "bob@a.example" }, description: webOffer, data });
    assert.deepEqual(bob.last("call.incoming").data, data);
  });

  it("to start calls come too fast at some point", async () => {
    const { rig, alice } = await two();
    const start = { type: "call.start", target: { user: "nobody@a.example" }, description: webOffer };
    const codes: unknown[] = [];
    for (let count = 0; count < 20; count++) codes.push(codeOf(await alice.ask(start)));
    assert.equal(codes.filter((code) => code === "rate-limited").length, 5);
    rig.clock.advance(1000);
    assert.equal(codeOf(await alice.ask(start)), undefined);
  });
});

describe("a token that expires", () => {
  const minute = 60_000;

  it("is announced a minute before, and then closes a session that talks to nobody", async () => {
    const rig = new SessionRig();
    rig.life = 10 * minute;
    const page = await rig.page("alice@a.example");
    rig.clock.advance(9 * minute);
    assert.equal(page.last("session.expiring").inMs, minute);
    assert.equal(page.closed, undefined);
    rig.clock.advance(minute);
    assert.equal(page.last("session.closed").reason, "token-expired");
    assert.deepEqual(page.closed, { code: 4401, reason: "token-expired" });
    rig.assertEmpty();
  });

  it("lets the standing call go on, refuses new ones both ways, and closes after it", async () => {
    const rig = new SessionRig();
    const bob = await rig.page("bob@a.example");
    const carol = await rig.page("carol@a.example");
    rig.life = 2 * minute;
    const alice = await rig.page("alice@a.example");
    const callId = await alice.call("bob@a.example");
    await bob.ask({ type: "call.answer", callId, description: webAnswer });
    rig.clock.advance(3 * minute);
    assert.deepEqual([rig.switchboard.connected, alice.closed], [1, undefined]);
    const start = { type: "call.start", target: { user: "bob@a.example" }, description: webOffer };
    assert.equal(codeOf(await alice.ask(start)), "token-expired");
    await carol.call("alice@a.example");
    assert.equal(carol.last("call.ended").reason, "unavailable");
    assert.equal(alice.of("call.incoming").length, 0);
    await bob.ask({ type: "call.end", callId });
    assert.equal(alice.last("call.ended").reason, "normal");
    assert.deepEqual(alice.closed, { code: 4401, reason: "token-expired" });
    for (const page of [bob, carol]) page.session.disconnected();
    rig.assertEmpty();
  });

  it("is renewed by the same subject only", async () => {
    const rig = new SessionRig();
    rig.life = 2 * minute;
    const page = await rig.page("alice@a.example");
    rig.clock.advance(minute);
    for (const [token, code] of [
      ["bob@a.example", "token-refused"],
      ["alice@b.example", "token-refused"],
      ["nonsense", "token-refused"],
      ["expired", "token-expired"],
    ]) {
      assert.equal(codeOf(await page.ask({ type: "session.renew", token })), code);
    }
    assert.equal(rig.lines.join().includes("nonsense"), false);
    assert.equal((await page.ask({ type: "session.renew", token: "alice@a.example" }))?.type, "ok");
    rig.clock.advance(minute + 1);
    assert.deepEqual([page.closed], [undefined]);
    rig.clock.advance(minute);
    assert.equal(page.closed?.code, 4401);
    rig.assertEmpty();
  });

  it("may still be renewed during the call that keeps the session", async () => {
    const rig = new SessionRig();
    await rig.page("bob@a.example");
    rig.life = 2 * minute;
    const alice = await rig.page("alice@a.example");
    const callId = await alice.call("bob@a.example");
    rig.life = 1;
    await alice.ask({ type: "session.renew", token: "alice@a.example" });
    rig.clock.advance(10);
    assert.equal(alice.session.expired, true);
    rig.life = 60 * minute;
    assert.equal((await alice.ask({ type: "session.renew", token: "alice@a.example" }))?.type, "ok");
    await alice.ask({ type: "call.end", callId });
    assert.deepEqual([alice.closed, alice.session.expired], [undefined, false]);
  });
});
