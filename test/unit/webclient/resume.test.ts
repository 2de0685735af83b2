import assert from "node:assert/strict";
import { connect, type Session } from "../../../webclient/index.ts";
import { FakePlatform, turns, type FakeAnswer, type SentFrame } from "../../support/fake-platform.ts";

const graceMs = 120_000;
const info = { sessionId: "s1", user: "alice@localhost", name: "Alice", graceMs };
const ringing = (callId: string, seq: number): object => ({ type: "call.ringing", callId, seq });

/** A gateway that keeps sessions. `resumed` is what it says to `session.resume`. */
function keeping(resumed: Partial<Extract<FakeAnswer, { type: "session.resumed" }>> = {}): FakePlatform {
  const platform = new FakePlatform();
  platform.answers.set("session.open", () => ({ type: "session.opened", ...info }));
  platform.answers.set("session.resume", () => ({
    type: "session.resumed",
    ...info,
    lastSeq: 0,
    calls: [],
    ...resumed,
  }));
  return platform;
}

const open = (platform: FakePlatform): Promise<Session> => connect({ platform, user: "alice@localhost" });

async function back(platform: FakePlatform): Promise<void> {
  platform.page("online");
  await turns();
}

const types = (platform: FakePlatform): string[] => platform.socket.sent.map(({ type }) => type);

async function calling(platform: FakePlatform) {
  const session = await open(platform);
  const call = await session.call("tel:600");
  return { session, call };
}

describe("a session that lost its connection", () => {
  it("is gone on with, from the last event that came", async () => {
    const platform = keeping({ lastSeq: 7 });
    const session = await open(platform);
    platform.socket.deliver(ringing("nobody", 6));
    platform.socket.deliver(ringing("nobody", 7));
    platform.socket.drop();
    await back(platform);
    const { type, sessionId, seq, user, reload } = platform.socket.last("session.resume");
    assert.deepEqual([type, sessionId, seq, user, reload], ["session.resume", "s1", 7, "alice@localhost", undefined]);
    assert.deepEqual([types(platform), session.view().state], [["session.resume"], "connected"]);
    await session.close();
    assert.equal(platform.clock.pending, 0);
  });

  it("tells each event once, and keeps its calls", async () => {
    const platform = keeping({ lastSeq: 3, calls: ["c1"] });
    const { call } = await calling(platform);
    const digits: string[] = [];
    call.on("digits", (digit) => digits.push(digit));
    const digit = (digit: string, seq: number): void =>
      platform.socket.deliver({ type: "call.dtmf", callId: "c1", digit, durationMs: 100, seq });
    digit("1", 1);
    digit("2", 2);
    platform.socket.drop();
    assert.equal(call.view().state, "dialing");
    await back(platform);
    for (const [text, seq] of [
      ["2", 2],
      ["3", 3],
      ["3", 3],
      ["4", 4],
    ] as const)
      digit(text, seq);
    assert.deepEqual(digits, ["1", "2", "3", "4"]);
    assert.equal(call.view().state, "dialing");
  });

  it("sends what was not answered again, with the same id; what was answered there is not asked again", async () => {
    const platform = keeping();
    const session = await open(platform);
    platform.answers.delete("call.dtmf");
    platform.answers.set("contact.remove", () => undefined);
    const removed = [session.contacts.remove("1"), session.contacts.remove("2")];
    const [first, second] = platform.socket.sent.filter(({ type }) => type === "contact.remove");
    platform.socket.drop();
    await platform.pass(1);
    let resume: SentFrame | undefined;
    platform.answers.set("session.resume", (frame) => {
      resume = frame;
      queueMicrotask(() => platform.socket.deliver({ type: "ok", re: first?.id }));
      return { type: "session.resumed", ...info, lastSeq: 0, calls: [] };
    });
    platform.answers.set("contact.remove", () => ({ type: "ok" }));
    await back(platform);
    await Promise.all(removed);
    assert.deepEqual(resume?.["asked"], [first?.id, second?.id]);
    assert.deepEqual(platform.socket.sent.map(({ type, id }) => [type, id]).slice(1), [["contact.remove", second?.id]]);
  });

  it("lets no deadline pass while it is away", async () => {
    const platform = keeping();
    const session = await open(platform);
    platform.answers.set("contact.remove", () => undefined);
    const removed = session.contacts.remove("1");
    platform.socket.drop();
    platform.reachable = false;
    await platform.pass(60_000);
    platform.reachable = true;
    platform.answers.set("contact.remove", () => ({ type: "ok" }));
    await platform.pass(45_000);
    await removed;
  });

  it("gives up a request on which each connection breaks", async () => {
    const platform = keeping();
    const session = await open(platform);
    platform.answers.set("contact.remove", () => {
      queueMicrotask(() => platform.socket.drop(1009));
      return undefined;
    });
    const failed = assert.rejects(session.contacts.remove("1"), { code: "unreachable" });
    await platform.pass(60_000);
    await failed;
    assert.equal(session.view().state, "connected");
  });

  it("opens a new one on the same connection when the gateway knows it no longer: the calls are over", async () => {
    const platform = keeping();
    const { session, call } = await calling(platform);
    platform.answers.set("session.resume", () => ({ type: "refused", code: "unknown-session", text: "None." }));
    platform.answers.set("session.open", () => ({ type: "session.opened", ...info, sessionId: "s2" }));
    platform.socket.drop();
    await back(platform);
    assert.deepEqual(types(platform), ["session.resume", "session.open"]);
    assert.deepEqual([session.view().id, session.view().state], ["s2", "connected"]);
    assert.deepEqual([(await call.ended).reason, (await call.ended).by], ["network-lost", "system"]);
  });

  it("is over when it stays away for longer than the gateway waits", async () => {
    const platform = keeping();
    const { call } = await calling(platform);
    platform.reachable = false;
    platform.socket.drop();
    await platform.pass(graceMs - 1);
    assert.equal(call.view().state, "dialing");
    await platform.pass(1);
    assert.equal((await call.ended).reason, "network-lost");
    platform.reachable = true;
    await platform.pass(60_000);
    assert.deepEqual(types(platform).slice(0, 1), ["session.open"]);
  });

  it("is not tried again after a refused token, which is asked for anew each time", async () => {
    const platform = keeping();
    let asked = 0;
    const session = await connect({ platform, token: async () => `t${++asked}` });
    platform.answers.set("session.resume", () => ({ type: "refused", code: "token-refused", text: "No." }));
    platform.socket.drop();
    await back(platform);
    assert.equal(platform.socket.last("session.resume")["token"], "t2");
    assert.deepEqual([session.view().state, session.view().reason], ["closed", "token-refused"]);
    await platform.pass(graceMs);
    assert.deepEqual([platform.sockets.length, platform.clock.pending], [2, 0]);
  });

  it("does not fight for a session that another page has taken", async () => {
    const platform = keeping();
    const { session, call } = await calling(platform);
    platform.socket.drop(4409);
    await back(platform);
    assert.deepEqual([types(platform), session.view().state], [["session.open"], "connected"]);
    assert.equal((await call.ended).reason, "network-lost");
  });

  it("hangs up what was hung up meanwhile, and learns what ended there, once all has come", async () => {
    const platform = keeping({ lastSeq: 1, calls: ["c1", "unknown"] });
    const { session, call } = await calling(platform);
    platform.socket.drop();
    await call.end();
    await back(platform);
    assert.deepEqual(types(platform), ["session.resume"]);
    const incoming = {
      type: "call.incoming",
      callId: "unknown",
      reference: "A",
      peer: { target: { tel: "1" }, can: [] },
    };
    platform.socket.deliver({ ...incoming, seq: 1 });
    await turns();
    assert.deepEqual(
      platform.socket.sent.slice(1).map(({ type, callId }) => [type, callId]),
      [["call.end", "c1"]],
    );
    assert.deepEqual(
      session.calls.view().calls.map(({ id }) => id),
      ["unknown"],
    );
  });

  it("reads everything anew when more was missed than is kept", async () => {
    const platform = keeping({ lastSeq: 2000, calls: [], resync: true });
    const { session, call } = await calling(platform);
    await session.calls.history().catch(() => {});
    platform.answers.set("history.list", () => ({ type: "history", records: [], more: false }));
    await session.calls.history();
    platform.socket.drop();
    await back(platform);
    assert.equal((await call.ended).reason, "network-lost");
    assert.deepEqual(types(platform), ["session.resume", "history.list"]);
    platform.socket.drop();
    await back(platform);
    assert.equal(platform.socket.last("session.resume")["seq"], 2000);
  });
});

describe("a connection that may be dead", () => {
  it("is asked when the network changes, when the page is looked at, and when a request stays without answer", async () => {
    const platform = keeping();
    const session = await open(platform);
    const pings = (): number => platform.socket.sent.filter(({ type }) => type === "ping").length;
    for (const event of ["online", "offline", "visible"] as const) {
      const before = pings();
      platform.page(event);
      await turns();
      assert.equal(pings(), before + 1, event);
    }
    platform.answers.set("contact.remove", () => undefined);
    platform.answers.set("ping", () => undefined);
    session.contacts.remove("1").catch(() => {});
    const before = pings();
    await platform.pass(2_000);
    assert.equal(pings(), before + 1);
    await platform.pass(4_000);
    assert.equal(session.view().state, "reconnecting");
    assert.equal(platform.sockets[0]?.code, 4000);
  });

  it("tells the gateway what came: with each ping, and after 200 events without one", async () => {
    const platform = keeping();
    await open(platform);
    for (let seq = 1; seq < 200; seq++) platform.socket.deliver(ringing("nobody", seq));
    assert.deepEqual(types(platform), ["session.open"]);
    platform.socket.deliver(ringing("nobody", 200));
    await turns();
    assert.equal(platform.socket.last("ping")["seq"], 200);
    platform.socket.deliver(ringing("nobody", 201));
    await platform.pass(10_000);
    assert.equal(platform.socket.last("ping")["seq"], 201);
  });
});

describe("a page that is loaded again", () => {
  /** The next load of the tab of `page`, or a copy of the tab. */
  function load(page: FakePlatform): FakePlatform {
    const next = keeping({ lastSeq: 5 });
    for (const [key, value] of page.stored) next.stored.set(key, value);
    return next;
  }

  it("goes on with its session, knowing nothing", async () => {
    const page = keeping();
    await open(page);
    page.socket.deliver(ringing("nobody", 5));
    page.page("left");
    assert.deepEqual([page.socket.closed, page.socket.code], [true, undefined]);
    const next = load(page);
    const session = await open(next);
    const { sessionId, seq, reload } = next.socket.last("session.resume");
    assert.deepEqual([sessionId, seq, reload], ["s1", 5, true]);
    assert.deepEqual([session.view().user, session.view().state], ["alice@localhost", "connected"]);
    assert.deepEqual([...next.stored], []);
    next.socket.drop();
    await back(next);
    assert.equal(next.socket.last("session.resume")["reload"], undefined);
  });

  const standing = {
    callId: "c1",
    reference: "K7F3QM",
    direction: "in",
    peer: { target: { user: "bob@localhost" }, name: "Bob", can: [] },
    talkedMs: 61_000,
    remoteHold: true,
    media: true,
    data: { order: 7 },
  } as const;

  it("goes on with its calls: from the original answer, muted as before, over a connection of their own", async () => {
    const page = keeping();
    const { call } = await calling(page);
    call.mute("audio");
    page.page("left");
    const next = load(page);
    const on = { ...standing, callId: call.id };
    next.answers.set("session.resume", () => ({
      type: "session.resumed",
      ...info,
      lastSeq: 0,
      calls: [call.id],
      standing: [on],
    }));
    const description = { kind: "answer", sdp: "their answer", generation: 1 } as const;
    next.answers.set("call.renew", () => ({ type: "call.renewed", description }));
    const session = await open(next);
    const [again] = session.calls.view().calls;
    const { state, since, muted, hold, peer } = again?.view() ?? {};
    assert.deepEqual(
      [again?.id, again?.reference, again?.data, state, since?.getTime(), muted?.audio, hold?.remote, peer?.name],
      [call.id, "K7F3QM", { order: 7 }, "reconnecting", next.clock.now() - 61_000, true, true, "Bob"],
    );
    await turns();
    assert.equal(next.socket.last("session.resume")["renews"], true);
    assert.equal((next.socket.last("call.renew")["description"] as { kind: string }).kind, "offer");
    assert.equal(next.connection.remotes.at(-1)?.sdp, "their answer");
    next.connection.become("connected");
    assert.equal(again?.view().state, "connected");
    next.socket.deliver({ type: "call.ended", callId: call.id, by: "remote", reason: "normal", seq: 1 });
    assert.equal(session.calls.view().calls.length, 0);
  });

  it("ends a call that the gateway cannot renew", async () => {
    const page = keeping();
    await open(page);
    page.page("left");
    const next = load(page);
    const resumed = { type: "session.resumed", ...info, lastSeq: 0, calls: ["c1"], standing: [standing] } as const;
    next.answers.set("session.resume", () => resumed);
    next.answers.set("call.renew", () => ({ type: "refused", code: "wrong-state", text: "No." }));
    const session = await open(next);
    const [call] = session.calls.view().calls;
    const end = await call?.ended;
    assert.deepEqual([end?.reason, end?.by], ["media-failed", "system"]);
    assert.equal(next.socket.last("call.end")["callId"], "c1");
  });

  it("that does not keep its calls says so", async () => {
    const page = keeping();
    await open(page);
    page.page("left");
    const next = load(page);
    await connect({ platform: next, user: "alice@localhost", keepCalls: false });
    assert.equal(next.socket.last("session.resume")["renews"], false);
  });

  it("is told from a duplicate of its tab, which opens a session of its own", async () => {
    const page = keeping();
    await open(page);
    const duplicate = load(page);
    await open(duplicate);
    assert.deepEqual(types(duplicate), ["session.open"]);
  });

  for (const [what, change] of [
    ["at another gateway", (page: FakePlatform) => void (page.defaultUrl = "wss://other.test/ws")],
    ["that had closed its session", (page: FakePlatform) => page.stored.delete("offhook.session")],
    ["with nonsense in its storage", (page: FakePlatform) => page.stored.set("offhook.session", '{"url":1}')],
  ] as const)
    it(`opens a session when it is one ${what}`, async () => {
      const page = keeping();
      await open(page);
      page.page("left");
      const next = load(page);
      change(next);
      await open(next);
      assert.deepEqual(types(next), ["session.open"]);
    });

  it("keeps no ticket of a session that was closed", async () => {
    const page = keeping();
    const session = await open(page);
    await session.close();
    page.page("left");
    assert.deepEqual([...page.stored], []);
  });

  it("from the browser's cache goes on as if its connection had been lost", async () => {
    const page = keeping();
    const session = await open(page);
    page.page("left");
    assert.equal(session.view().state, "reconnecting");
    page.page("returned");
    await turns();
    assert.deepEqual([types(page), page.socket.last("session.resume")["reload"]], [["session.resume"], undefined]);
    assert.deepEqual([...page.stored], []);
  });
});
