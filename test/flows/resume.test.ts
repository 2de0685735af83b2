import assert from "node:assert/strict";
import { Link } from "../../webclient/link.ts";
import { Tab } from "../../webclient/tab.ts";
import type { TransportChoice } from "../../webclient/transport.ts";
import { Wishes } from "../../webclient/wishes.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { NodePlatform } from "../support/node-platform.ts";
import { until } from "../support/until.ts";

const alice = `alice@${domain}`;
const bob = `bob@${domain}`;

/** The library's way to the gateway, through a network that fails, and what came by it. */
class Listener {
  readonly page: NodePlatform;
  readonly proxy: CuttingProxy;
  readonly link: Link;
  /** Numbers that somebody sent, as they came. */
  readonly values: unknown[] = [];
  readonly sessions: string[] = [];
  readonly states: string[] = [];
  resumes = 0;
  lost = 0;

  private constructor(proxy: CuttingProxy, user: string, transport: TransportChoice, stored?: Map<string, string>) {
    this.proxy = proxy;
    this.page = new NodePlatform(stored);
    const { platform } = this.page;
    const url = `ws://localhost:${proxy.port}/ws`;
    this.link = new Link(platform, url, { user, wishes: new Wishes({}) }, new Tab(platform), transport);
    this.link.events.on("fact", (fact) => void (fact.type === "data.received" && this.values.push(fact.value)));
    this.link.events.on("opened", ({ sessionId }) => this.sessions.push(sessionId));
    this.link.events.on("resumed", () => void (this.resumes += 1));
    this.link.events.on("lost", () => void (this.lost += 1));
    this.link.events.on("state", (state) => this.states.push(state));
  }

  static async open(
    proxy: CuttingProxy,
    transport: TransportChoice = "auto",
    stored?: Map<string, string>,
  ): Promise<Listener> {
    const listener = new Listener(proxy, alice, transport, stored);
    await listener.link.open();
    return listener;
  }

  /** As many came as were sent: none is missing, none came twice, all in order. */
  async got(count: number, what: string): Promise<void> {
    await until(what, () => this.values.length >= count, 15_000).catch(() => {});
    assert.deepEqual(
      this.values,
      Array.from({ length: count }, (_, index) => index),
      what,
    );
  }

  async close(): Promise<void> {
    await this.link.request({ type: "session.close" }, "ok", () => undefined, 2000).catch(() => {});
    this.link.close("closed");
  }
}

describe("a session over a network that fails", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let proxy: CuttingProxy;
  let sender: FrameClient;
  let sent = 0;

  before(async () => {
    gateway = await TestGateway.start({ env: { GATEWAY_DATA_PER_SECOND: "1000", NO_MEDIA: "/nonexistent" } });
  });
  beforeEach(async () => {
    sent = 0;
    proxy = await CuttingProxy.open(gateway.httpPort);
    sender = await FrameClient.signedIn(gateway, "bob");
  });
  afterEach(async () => {
    await proxy.close();
    await sender.close();
    await gateway.assertIdle();
  });
  after(() => gateway.stop());

  /** Bob sends so many more numbers. */
  async function send(count: number): Promise<void> {
    for (const end = sent + count; sent < end; sent += 1) {
      const answer = await sender.request("data.send", { to: { user: alice }, value: sent });
      assert.equal(answer.type, "ok", JSON.stringify(answer));
    }
  }

  for (const transport of ["websocket", "polling"] as const)
    it(`loses no event, repeats none and keeps their order: 10 cuts in 400, by ${transport}`, async () => {
      const listener = await Listener.open(proxy, transport);
      for (let cuts = 0; cuts < 10; cuts++) {
        await send(20);
        proxy.cut();
        await send(20);
        listener.page.page("online");
        await until("it is back", () => listener.link.state === "connected", 10_000);
      }
      await listener.got(400, transport);
      assert.deepEqual([listener.link.transport, listener.sessions.length, listener.lost], [transport, 1, 0]);
      assert.ok(listener.resumes >= 5, `${listener.resumes} resumes`);
      await listener.close();
    });

  it("does a request once that was cut on its way", async () => {
    const listener = await Listener.open(proxy);
    const values: unknown[] = [];
    for (let made = 0; made < 40; made++) {
      const done = listener.link.request({ type: "data.send", to: { user: bob }, value: made }, "ok", () => undefined);
      if (made % 4 === 0) proxy.cut();
      if (made % 4 === 2) queueMicrotask(() => proxy.cut());
      await until("it is away or answered", () => listener.link.state !== "connected" || "yes", 1000);
      listener.page.page("online");
      await done;
      await until("it is back", () => listener.link.state === "connected", 10_000);
    }
    for (const { type, value } of sender.frames) if (type === "data.received") values.push(value);
    assert.deepEqual(
      values,
      Array.from({ length: 40 }, (_, index) => index),
    );
    await listener.close();
  });

  it("notices a connection that carries nothing any more, and comes back on another", async () => {
    const listener = await Listener.open(proxy);
    await send(5);
    await listener.got(5, "before");
    proxy.freeze();
    await send(5);
    const at = Date.now();
    listener.page.page("online");
    await until("it is noticed and resumed", () => listener.resumes === 1, 10_000);
    assert.ok(Date.now() - at < 7_000, `${Date.now() - at} ms`);
    await listener.got(10, "after");
    await listener.close();
  });

  it("falls back to polling where WebSocket is blocked, and returns to it, losing and repeating nothing", async () => {
    proxy.blocksWebSocket = true;
    const listener = await Listener.open(proxy);
    assert.equal(listener.link.transport, "polling");
    await send(50);
    proxy.blocksWebSocket = false;
    const sending = until(
      "it uses WebSocket",
      async () => {
        await send(10);
        return listener.link.transport === "websocket";
      },
      30_000,
    );
    await sending;
    await send(50);
    await listener.got(sent, "over the change");
    assert.deepEqual([listener.sessions.length, listener.lost, listener.states], [1, 0, ["connected"]]);
    const { offhook_polling_connections: polls, offhook_websocket_connections: sockets } = await gateway.metrics();
    assert.deepEqual([polls, sockets], [0, 2]);
    proxy.cut();
    proxy.blocksWebSocket = true;
    await send(10);
    listener.page.page("online");
    await until("it polls again", () => listener.link.state === "connected", 10_000);
    assert.equal(listener.link.transport, "polling");
    await listener.got(sent, "back on polling");
    await listener.close();
  });

  it("goes on after a reload, while a duplicate of its tab has a session of its own", async () => {
    const listener = await Listener.open(proxy);
    await send(10);
    await listener.got(10, "before");
    const duplicate = await Listener.open(proxy, "auto", listener.page.stored);
    assert.notEqual(duplicate.sessions[0], listener.sessions[0]);
    listener.page.page("left");
    await send(10);
    const reloaded = await Listener.open(proxy, "auto", listener.page.stored);
    assert.deepEqual(reloaded.sessions, listener.sessions);
    await until("what was missed", () => reloaded.values.length >= 10);
    assert.deepEqual(reloaded.values, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    await duplicate.got(0, "nothing of before").catch(() => {});
    assert.deepEqual(duplicate.values, reloaded.values);
    listener.link.close("closed");
    await duplicate.close();
    await reloaded.close();
  });

  it("is released when the grace is over: a new one is opened, and metrics know both", async () => {
    const listener = await Listener.open(proxy);
    proxy.down = true;
    proxy.cut();
    await until("it waits", async () => (await gateway.metrics())["offhook_sessions_away"] === 1);
    await until("it is released", async () => (await gateway.metrics())["offhook_sessions"] === 1);
    proxy.down = false;
    listener.page.page("online");
    await until("a new one", () => listener.sessions.length === 2, 10_000);
    assert.equal(listener.lost, 1);
    const resumes = await gateway.metrics();
    assert.ok((resumes['offhook_session_resumes_total{result="resumed"}'] ?? 0) > 0);
    await listener.close();
  });
});
