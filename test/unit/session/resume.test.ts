import assert from "node:assert/strict";
import type { ServerFrame } from "../../../gateway/protocol/server-frame.ts";
import { SessionRig, webAnswer, webOffer, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const alice = "alice@a.example";
const bob = "bob@a.example";

const seqOf = (page: Page): number => Math.max(0, ...page.frames.map((frame) => ("seq" in frame ? frame.seq : 0)));

const brief = (frames: readonly ServerFrame[]): string[] =>
  frames.map((frame) => `${frame.type}${"seq" in frame ? ` ${frame.seq}` : ""}`);

/** The page of `before` on another connection. */
async function back(rig: SessionRig, before: Page, more: Record<string, unknown> = {}): Promise<Page> {
  const page = rig.connect();
  const { id: sessionId } = before.session;
  await page.ask({ type: "session.resume", id: "back", token: alice, sessionId, seq: seqOf(before), ...more });
  return page;
}

async function talking() {
  const rig = new SessionRig();
  const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
  const callId = await mine.call(bob);
  await theirs.ask({ type: "call.answer", callId, description: webAnswer });
  return { rig, mine, theirs, callId };
}

describe("a session whose connection was lost", () => {
  it("keeps its calls, and tells what was missed, in order, once", async () => {
    const { rig, mine, theirs, callId } = await talking();
    mine.connection.disconnected("lost");
    const seq = seqOf(mine);
    await theirs.ask({ type: "call.end", callId });
    assert.equal(mine.of("call.ended").length, 0);
    const page = await back(rig, mine);
    const { type: _type, ...resumed } = page.last("session.resumed");
    assert.deepEqual(resumed, {
      re: "back",
      sessionId: mine.session.id,
      user: alice,
      lastSeq: resumed.lastSeq,
      calls: [],
      expiresInMs: 3_600_000,
      graceMs: 120_000,
    });
    assert.equal(brief(page.frames)[1], `call.ended ${seq + 1}`);
    assert.deepEqual(rig.resumes, ["resumed"]);
    page.connection.disconnected("lost");
    const again = await back(rig, page);
    assert.equal(again.of("call.ended").length, 0);
    rig.assertEmpty();
  });

  it("goes on with a call that was up all the time", async () => {
    const { rig, mine, theirs, callId } = await talking();
    mine.connection.disconnected("lost");
    rig.clock.advance(119_999);
    assert.equal(theirs.of("call.ended").length, 0);
    const page = await back(rig, mine);
    assert.deepEqual(page.last("session.resumed").calls, [callId]);
    assert.equal((await page.ask({ type: "call.end", callId }))?.type, "ok");
    assert.deepEqual([theirs.last("call.ended").reason, page.last("call.ended").by], ["normal", "local"]);
    rig.assertEmpty();
  });

  it("is released when the grace is over, with its calls", async () => {
    const { rig, mine, theirs } = await talking();
    mine.connection.disconnected("lost");
    rig.clock.advance(120_000);
    assert.deepEqual([theirs.last("call.ended").reason, rig.away.size], ["network-lost", 0]);
    const page = await back(rig, mine);
    assert.equal(page.last("refused").code, "unknown-session");
    assert.deepEqual(rig.resumes, ["unknown"]);
    rig.assertEmpty();
  });

  it("lets a call that nobody answered wait for 20 s", async () => {
    const rig = new SessionRig();
    const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
    await mine.call(bob);
    mine.connection.disconnected("lost");
    rig.clock.advance(19_999);
    assert.equal(theirs.of("call.ended").length, 0);
    rig.clock.advance(1);
    assert.equal(theirs.last("call.ended").reason, "network-lost");
    rig.assertEmpty();
  });

  it("rings while contacts see it, and takes the call when it comes back", async () => {
    const rig = new SessionRig();
    const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
    mine.connection.disconnected("lost");
    const callId = await theirs.call(alice);
    const page = await back(rig, mine);
    assert.equal(page.last("call.incoming").callId, callId);
    assert.equal((await page.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
    page.connection.disconnected("lost");
    rig.clock.advance(10_000);
    assert.deepEqual(rig.sessions.legsOf(page.session.identity.user), []);
    rig.assertEmpty();
  });

  it("repeats answers that were asked for, before the events, and does nothing twice", async () => {
    const rig = new SessionRig();
    const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
    const start = { type: "call.start", id: "s", target: { user: bob }, description: webOffer };
    const started = await mine.ask(start);
    mine.frames.length = 1;
    mine.connection.disconnected("lost");
    const page = await back(rig, mine, { asked: ["s", "never done"], seq: 0 });
    assert.deepEqual([page.frames[0], page.frames[1]?.type], [started, "session.resumed"]);
    assert.ok(page.of("call.ringing").length > 0);
    assert.deepEqual(await page.ask(start), started);
    assert.deepEqual([rig.switchboard.calls, theirs.of("call.incoming").length], [1, 1]);
    rig.assertEmpty();
  });

  it("is resumed although the gateway has not noticed: the earlier connection is closed and not heard", async () => {
    const { rig, mine, callId } = await talking();
    const page = await back(rig, mine);
    assert.deepEqual(mine.closed, { code: 4409, reason: "resumed" });
    mine.connection.receive({ type: "call.end", id: "late", callId });
    mine.connection.disconnected("left");
    assert.deepEqual([rig.away.size, page.session.calls], [0, 1]);
    rig.assertEmpty();
  });

  it("that missed more than is kept is told to read everything anew", async () => {
    const rig = new SessionRig();
    await rig.people.book.put({ name: "alice", domain: "a.example" }, { contactId: "1", name: "Zoe", targets: [] });
    const mine = await rig.page(alice);
    const before = seqOf(mine);
    mine.connection.disconnected("lost");
    for (let made = 0; made < 1001; made++) mine.session.event({ type: "call.ringing", callId: "c" });
    assert.equal(rig.dropped, before + 1);
    const page = await back(rig, mine, { seq: 0 });
    assert.deepEqual([page.last("session.resumed").resync, page.of("call.ringing").length], [true, 0]);
    await settled();
    assert.equal(page.last("contacts.saved").contacts.length, 1);
    rig.assertEmpty();
  });

  it("keeps nothing that the page has acknowledged, and nothing that passes", async () => {
    const rig = new SessionRig();
    const mine = await rig.page(alice);
    for (let made = 0; made < 3; made++) mine.session.event({ type: "call.ringing", callId: `${made}` });
    const seq = seqOf(mine) - 1;
    await mine.ask({ type: "ping", seq });
    mine.connection.disconnected("lost");
    mine.session.event({ type: "session.expiring", inMs: 1 });
    const page = await back(rig, mine, { seq });
    assert.deepEqual(brief(page.frames), ["session.resumed", `call.ringing ${seq + 1}`]);
    rig.assertEmpty();
  });

  for (const [who, more] of [
    ["somebody else", { token: bob }],
    ["somebody of that name elsewhere", { token: "alice@b.example" }],
    ["a wrong id", { sessionId: "11111111-2222" }],
  ] as const) {
    it(`is not given to ${who}: as if there were no such session`, async () => {
      const rig = new SessionRig();
      const mine = await rig.page(alice);
      mine.connection.disconnected("lost");
      const page = await back(rig, mine, more);
      assert.deepEqual([page.last("refused").code, rig.away.size], ["unknown-session", 1]);
      assert.equal((await page.ask({ type: "session.open", token: bob }))?.type, "session.opened");
      rig.assertEmpty();
    });
  }

  it("is not given to a token that is refused or has expired", async () => {
    const rig = new SessionRig();
    const mine = await rig.page(alice);
    mine.connection.disconnected("lost");
    for (const [token, code] of [
      ["expired", "token-expired"],
      ["nonsense", "token-refused"],
    ])
      assert.equal((await back(rig, mine, { token })).last("refused").code, code);
    rig.assertEmpty();
  });

  it("does not end with its token: the page brings a fresh one", async () => {
    const rig = new SessionRig();
    rig.life = 30_000;
    const mine = await rig.page(alice);
    mine.connection.disconnected("lost");
    rig.clock.advance(60_000);
    assert.equal(mine.session.expired, true);
    const page = await back(rig, mine);
    assert.deepEqual([page.last("session.resumed").expiresInMs, page.session.expired], [30_000, false]);
    rig.assertEmpty();
  });

  it("of a guest is resumed with the same key only, under its first name", async () => {
    const rig = new SessionRig();
    const guest = rig.visit("https://shop.example");
    const opened = await guest.ask({ type: "session.open", appKey: "shop-key" });
    assert.ok(opened?.type === "session.opened");
    guest.connection.disconnected("lost");
    const { sessionId } = opened;
    const user = rig.connect();
    await user.ask({ type: "session.resume", token: alice, sessionId, seq: 0 });
    assert.equal(user.last("refused").code, "unknown-session");
    const again = rig.visit("https://shop.example");
    await again.ask({ type: "session.resume", appKey: "shop-key", sessionId, seq: 0 });
    assert.equal(again.last("session.resumed").sessionId, sessionId);
    assert.equal(`${again.session.identity.user.name}@a.example`, opened.user);
    rig.assertEmpty();
  });
});

describe("a page that is left", () => {
  it("is waited for: its calls stay for 10 s, contacts see it, and then its calls end", async () => {
    const { rig, mine, theirs } = await talking();
    mine.connection.disconnected("left");
    rig.clock.advance(9_999);
    assert.equal(theirs.of("call.ended").length, 0);
    assert.equal(mine.session.present, true);
    rig.clock.advance(1);
    assert.deepEqual([theirs.last("call.ended").reason, mine.session.present], ["network-lost", false]);
    await theirs.call(alice);
    assert.equal(theirs.last("call.ended").reason, "unavailable");
    rig.assertEmpty();
  });

  it("without a call is seen for 3 s", async () => {
    const rig = new SessionRig();
    const mine = await rig.page(alice);
    mine.connection.disconnected("left");
    rig.clock.advance(2_999);
    assert.equal(mine.session.present, true);
    rig.clock.advance(1);
    assert.equal(mine.session.present, false);
    rig.assertEmpty();
  });

  it("comes back by a reload: what it missed, and what it had known; its calls end when it does not renew them", async () => {
    const { rig, mine, theirs } = await talking();
    await rig.people.book.put({ name: "alice", domain: "a.example" }, { contactId: "1", name: "Zoe", targets: [] });
    mine.connection.disconnected("left");
    const page = await back(rig, mine, { reload: true });
    await settled();
    const types = new Set(page.frames.map(({ type }) => type));
    for (const type of ["call.ended", "contacts.saved", "message.conversations"] as const)
      assert.ok(types.has(type), type);
    const { calls, standing } = page.last("session.resumed");
    assert.deepEqual([page.frames[0]?.type, calls, standing], ["session.resumed", [], []]);
    assert.equal(theirs.last("call.ended").reason, "network-lost");
    rig.assertEmpty();
  });

  for (const how of ["left", "lost"] as const)
    it(`renews its calls after a reload, when its connection was ${how}; the far end is told nothing`, async () => {
      const { rig, mine, theirs, callId } = await talking();
      rig.clock.advance(5_000);
      const before = theirs.frames.length;
      mine.connection.disconnected(how);
      rig.clock.advance(1_000);
      const page = await back(rig, mine, { reload: true, renews: true });
      const { reference } = mine.last("call.started");
      const peer = { target: { user: bob }, can: ["call"] };
      assert.deepEqual(page.last("session.resumed").standing, [
        { callId, reference, direction: "out", peer, talkedMs: 6_000, remoteHold: false, media: true },
      ]);
      const renewed = await page.ask({ type: "call.renew", callId, description: webOffer });
      assert.ok(renewed?.type === "call.renewed", JSON.stringify(renewed));
      assert.deepEqual([renewed.description.kind, /via t-/.test(renewed.description.sdp)], ["answer", true]);
      const [relayed] = [...rig.relay.live.values()];
      assert.deepEqual(
        relayed?.log.slice(2).map((line) => line.split(" ")[0]),
        ["watch", "unwatch", "watch", "renew"],
      );
      assert.deepEqual(
        theirs.frames.slice(before).filter(({ type }) => type.startsWith("call.")),
        [],
      );
      await theirs.ask({ type: "call.end", callId });
      assert.equal(page.last("call.ended").durationMs, 6_000);
      rig.assertEmpty();
    });

  it("is rung again after a reload; what it was dialling ends", async () => {
    const rig = new SessionRig();
    const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
    const callId = await theirs.call(alice);
    const dialled = await mine.call(bob);
    mine.connection.disconnected("left");
    assert.equal(theirs.last("call.ended").callId, dialled);
    const page = await back(rig, mine, { reload: true, renews: true });
    assert.deepEqual(page.last("session.resumed").calls, []);
    assert.equal(page.last("call.incoming").callId, callId);
    assert.equal((await page.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
    assert.equal(theirs.last("call.answered").callId, callId);
    await theirs.ask({ type: "call.end", callId });
    rig.assertEmpty();
  });

  it("cannot renew what rings, what it does not have, and not with an answer", async () => {
    const { rig, mine, theirs, callId } = await talking();
    const ringing = await theirs.call(alice);
    const code = async (frame: Record<string, unknown>) => {
      const answer = await mine.ask({ type: "call.renew", description: webOffer, ...frame });
      return answer?.type === "refused" ? answer.code : answer?.type;
    };
    assert.equal(await code({ callId: ringing }), "wrong-state");
    assert.equal(await code({ callId: "none" }), "unknown-call");
    assert.equal(await code({ callId, description: webAnswer }), "bad-description");
    rig.relay.refuses = "refused";
    assert.equal(await code({ callId }), "wrong-state");
    rig.relay.refuses = undefined;
    assert.equal(await code({ callId }), "call.renewed");
    rig.assertEmpty();
  });

  it("is kept as one of 20 of the same user", async () => {
    const rig = new SessionRig();
    const pages: Page[] = [];
    for (let made = 0; made < 21; made++) pages.push(await rig.page(alice));
    for (const page of pages) page.connection.disconnected("left");
    assert.deepEqual([rig.away.size, rig.sessions.size], [20, 20]);
    const [first, second] = pages;
    assert.ok(first && second);
    assert.equal((await back(rig, first)).last("refused").code, "unknown-session");
    assert.equal((await back(rig, second)).of("session.resumed").length, 1);
    rig.assertEmpty();
  });
});

describe("contacts", () => {
  it("see a user offline 10 s after the connection was lost, and nothing of a shorter loss", async () => {
    const rig = new SessionRig();
    const [mine, theirs] = [await rig.page(alice), await rig.page(bob)];
    const pass = async (ms: number): Promise<void> => {
      rig.clock.advance(ms);
      await settled();
    };
    const told = (): string[] =>
      theirs
        .of("presence.changed")
        .flatMap(({ joined, changed }) => [...joined, ...changed])
        .flatMap(({ name, status }) => (name === "ALICE" ? [status] : []));
    await pass(50);
    const before = told();
    mine.connection.disconnected("lost");
    await pass(9_999);
    assert.deepEqual(told(), before);
    await pass(51);
    assert.deepEqual(told(), [...before, "offline"]);
    await back(rig, mine);
    await pass(50);
    assert.deepEqual(told(), [...before, "offline", "online"]);
    rig.assertEmpty();
  });
});
