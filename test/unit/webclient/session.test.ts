import assert from "node:assert/strict";
import { connect, type ClientError, type ConnectOptions, type Session } from "../../../webclient/index.ts";
import type { ContactInfo } from "../../../gateway/protocol/values.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

const open = (platform: FakePlatform, options: ConnectOptions = {}): Promise<Session> =>
  connect({ platform, user: "alice@localhost", ...options });

describe("connect", () => {
  it("opens a session at the page's gateway", async () => {
    const platform = new FakePlatform();
    const session = await open(platform, { displayName: "Alice L." });
    assert.equal(platform.socket.url, "ws://gateway.test/ws");
    const { user, displayName, instance } = platform.socket.last("session.open");
    assert.deepEqual([user, displayName, instance], ["alice@localhost", "Alice L.", "id-1"]);
    assert.deepEqual(session.view(), {
      id: "s1",
      user: "alice@localhost",
      name: "Alice",
      state: "connected",
      transport: "websocket",
    });
  });

  it("starts its requests' ids anywhere: a reloaded page that goes on with its session repeats none", async () => {
    const ids = async (random: number): Promise<string[]> => {
      const platform = Object.assign(new FakePlatform(), { random: () => random });
      await (await open(platform)).presence.setStatus("away");
      return platform.socket.sent.map(({ id }) => id);
    };
    const [before, after] = [await ids(0.25), await ids(0.75)];
    assert.equal(new Set([...before, ...after]).size, before.length + after.length);
  });

  it("asks a token function", async () => {
    const platform = new FakePlatform();
    await connect({ platform, token: async () => "fresh" });
    assert.equal(platform.socket.last("session.open")["token"], "fresh");
  });

  it("takes an application key instead, and says that it made a guest", async () => {
    const platform = new FakePlatform();
    platform.answers.set("session.open", () => ({
      type: "session.opened",
      sessionId: "s1",
      user: "guest-x7k2@a.example",
      guest: true,
    }));
    const session = await connect({ platform, appKey: "shop-key", displayName: "Maria" });
    const { appKey, displayName, user } = platform.socket.last("session.open");
    assert.deepEqual([appKey, displayName, user], ["shop-key", "Maria", undefined]);
    assert.equal(session.view().guest, true);
  });

  for (const code of ["token-expired", "token-refused", "origin-refused", "not-allowed"] as const) {
    it(`rejects with ${code} and does not come back`, async () => {
      const platform = new FakePlatform();
      platform.answers.set("session.open", () => ({ type: "refused", code, text: "No." }));
      await assert.rejects(open(platform), { name: "ClientError", code, message: "No." });
      await platform.pass(120_000);
      assert.equal(platform.sockets.length, 1);
      assert.equal(platform.clock.pending, 0);
    });
  }

  it("rejects with unreachable when nobody opens or answers within 10 s", async () => {
    for (const silent of ["socket", "session.open"]) {
      const platform = new FakePlatform();
      if (silent === "socket") platform.reachable = false;
      else platform.answers.set(silent, () => undefined);
      const opening = open(platform);
      const failed = assert.rejects(opening, { code: "unreachable", retry: "later" });
      await platform.pass(9_999);
      await platform.pass(1);
      await failed;
      assert.equal(platform.clock.pending, 0);
    }
  });

  it("gives up by its signal", async () => {
    const platform = new FakePlatform();
    platform.reachable = false;
    const abort = new AbortController();
    const opening = open(platform, { signal: abort.signal });
    await turns();
    abort.abort();
    await assert.rejects(opening, { code: "aborted" });
    await assert.rejects(open(platform, { signal: abort.signal }), { code: "aborted" });
    assert.equal(platform.clock.pending, 0);
  });

  it("does not guess where the gateway is", async () => {
    const platform = new FakePlatform();
    platform.defaultUrl = undefined;
    await assert.rejects(open(platform), { code: "unreachable" });
  });
});

describe("a session", () => {
  it("comes back after a loss, later and later, and tells each state", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    const states: string[] = [];
    session.on("state", ({ state }) => states.push(state));
    platform.reachable = false;
    platform.socket.drop();
    assert.equal(session.view().state, "reconnecting");
    await platform.pass(375);
    assert.equal(platform.sockets.length, 2);
    platform.socket.drop();
    await platform.pass(749);
    assert.equal(platform.sockets.length, 2);
    platform.reachable = true;
    await platform.pass(1);
    assert.equal(session.view().state, "connected");
    assert.deepEqual(states, ["reconnecting", "connected"]);
    await session.close();
    assert.equal(platform.clock.pending, 0);
  });

  it("never waits longer than half a minute", async () => {
    const platform = new FakePlatform();
    await open(platform);
    platform.reachable = false;
    platform.socket.drop();
    for (let tries = 0; tries < 20; tries++) {
      await platform.pass(30_000);
      platform.socket.drop();
    }
    assert.ok(platform.sockets.length >= 20);
  });

  it("comes back at once when the network does", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    platform.socket.drop();
    platform.page("online");
    await turns();
    assert.equal(session.view().state, "connected");
  });

  it("pings each 10 s and takes 4 s without a pong for a loss", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    await platform.pass(10_000);
    assert.equal(platform.socket.sent.filter(({ type }) => type === "ping").length, 1);
    platform.answers.set("ping", () => undefined);
    await platform.pass(10_000);
    await platform.pass(3_999);
    assert.equal(session.view().state, "connected");
    await platform.pass(1);
    assert.equal(session.view().state, "reconnecting");
    assert.ok(platform.socket.closed);
  });

  it("gives each request 10 s", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    platform.answers.set("call.start", () => undefined);
    const failed = assert.rejects(session.call("tel:600"), { code: "unreachable" });
    await platform.pass(10_000);
    await failed;
  });

  it("refuses requests at once while there is no connection", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    platform.socket.drop();
    await assert.rejects(session.call("tel:600"), { code: "unreachable" });
    assert.ok(platform.captured.every((stream) => stream.getTracks().every((track) => track.stopped)));
  });

  it("renews a token before it expires, and when the gateway asks", async () => {
    const platform = new FakePlatform();
    let tokens = 0;
    platform.answers.set("session.open", () => ({
      type: "session.opened",
      sessionId: "s1",
      user: "alice@localhost",
      expiresInMs: 600_000,
    }));
    const session = await connect({ platform, token: async () => `token ${++tokens}` });
    await platform.pass(539_999);
    assert.equal(tokens, 1);
    await platform.pass(1);
    assert.equal(platform.socket.last("session.renew")["token"], "token 2");
    platform.socket.fact({ type: "session.expiring", inMs: 60_000 });
    await platform.pass(47_999);
    assert.equal(tokens, 2);
    await platform.pass(1);
    assert.equal(platform.socket.last("session.renew")["token"], "token 3");
    await platform.pass(600_000);
    assert.equal(tokens, 3);
    await session.close();
  });

  it("tells the application when a token given as text ends", async () => {
    const platform = new FakePlatform();
    const session = await connect({ platform, token: "fixed" });
    const problems: string[] = [];
    session.on("problem", ({ code }) => problems.push(code));
    const expiring = session.next("expiring");
    platform.socket.fact({ type: "session.expiring", inMs: 30_000 });
    assert.deepEqual(await expiring, { inMs: 30_000 });
    platform.socket.fact({ type: "session.closed", reason: "token-expired" });
    assert.equal(session.view().state, "closed");
    assert.equal(session.view().reason, "token-expired");
    assert.deepEqual(problems, ["token-expired"]);
  });

  it("says what kept a token function from renewing", async () => {
    const platform = new FakePlatform();
    let works = true;
    const token = async (): Promise<string> => (works ? "t" : Promise.reject(new Error("login needed")));
    const session = await connect({ platform, token });
    works = false;
    const problem = session.next("problem");
    platform.socket.fact({ type: "session.expiring", inMs: 30_000 });
    await platform.pass(24_000);
    assert.equal((await problem).code, "token-expired");
  });

  it("stays closed when the gateway replaced it, comes back when the gateway restarts", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    platform.socket.fact({ type: "session.closed", reason: "server-stopping" });
    assert.equal(session.view().state, "reconnecting");
    await platform.pass(1_000);
    assert.equal(session.view().state, "connected");
    platform.socket.fact({ type: "session.closed", reason: "replaced" });
    assert.deepEqual([session.view().state, session.view().reason], ["closed", "replaced"]);
    await platform.pass(60_000);
    assert.equal(platform.sockets.length, 2);
    assert.equal(platform.clock.pending, 0);
  });

  it("gives up coming back when the sign-in is refused for good", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    const problems: ClientError[] = [];
    session.on("problem", (problem) => problems.push(problem));
    platform.answers.set("session.open", () => ({ type: "refused", code: "token-refused", text: "No." }));
    platform.socket.drop();
    await platform.pass(1_000);
    assert.equal(session.view().state, "closed");
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["token-refused"],
    );
    assert.equal(platform.clock.pending, 0);
  });

  it("closes its socket when the page is left", async () => {
    const platform = new FakePlatform();
    await open(platform);
    platform.page("left");
    assert.ok(platform.socket.closed);
  });

  it("closes for good", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    const states: string[] = [];
    session.on("state", ({ state }) => states.push(state));
    await session.close();
    assert.equal(platform.socket.last("session.close").type, "session.close");
    assert.deepEqual(states, ["closed"]);
    await assert.rejects(session.call("tel:600"), { code: "unreachable" });
    assert.equal(platform.clock.pending, 0);
  });

  it("ignores what it does not know", async () => {
    const platform = new FakePlatform();
    const session = await open(platform);
    const before = session.view();
    platform.socket.deliver({ type: "tomorrow", seq: 1 });
    platform.socket.deliver({ type: "call.ringing", callId: "nobody", seq: 2 });
    platform.socket.onmessage?.({ data: "{" });
    platform.socket.onmessage?.({ data: "[]" });
    assert.equal(session.view(), before);
  });
});

describe("the instance of a page", () => {
  it("survives a reload, and is not shared with a duplicated tab", async () => {
    const page = new FakePlatform();
    await open(page);
    const instance = page.socket.last("session.open")["instance"];

    const duplicate = new FakePlatform();
    for (const [key, value] of page.stored) duplicate.stored.set(key, value);
    duplicate.newId = () => "another";
    await open(duplicate);
    assert.equal(duplicate.socket.last("session.open")["instance"], "another");

    page.page("left");
    const reloaded = new FakePlatform();
    for (const [key, value] of page.stored) reloaded.stored.set(key, value);
    reloaded.newId = () => "a third";
    await open(reloaded);
    assert.equal(reloaded.socket.last("session.open")["instance"], instance);
  });
});

describe("presence", () => {
  const bob = { target: { user: "bob@localhost" }, name: "Bob", can: ["call"], pages: 1, phones: 0 } as const;

  it("lists who is there and tells what changed", async () => {
    const platform = new FakePlatform();
    const { presence } = await open(platform);
    const changes: string[] = [];
    presence.on("change", ({ joined, left, changed }) =>
      changes.push([joined, left, changed].map((list) => list.map(({ name }) => name).join()).join("|")),
    );
    const snapshot = (contacts: ContactInfo[]) =>
      platform.socket.fact({ type: "presence.snapshot", group: "default", part: 1, parts: 1, contacts });
    snapshot([{ ...bob, status: "online" }]);
    const [first] = presence.view().contacts;
    assert.deepEqual([first?.name, first?.status, first?.groups], ["Bob", "online", ["default"]]);
    const view = presence.view();
    snapshot([{ ...bob, status: "online" }]);
    assert.equal(presence.view().contacts[0], view.contacts[0]);
    snapshot([{ ...bob, status: "busy" }]);
    snapshot([]);
    assert.deepEqual(changes, ["Bob||", "||Bob", "|Bob|"]);
  });
});
