import assert from "node:assert/strict";
import { Baresip } from "../support/baresip.ts";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PushService, type TestSubscription } from "../support/push-service.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { readers, StoryReader } from "../support/story-reader.ts";
import { until } from "../support/until.ts";

/** How long a call waits for a page here, in milliseconds. */
const wait = 3000;
const bob = { user: `bob@${domain}` };

/** Nobody has a page open: browsers are woken, and the page that opens rings. */
describe("a closed page", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let service: PushService;
  let alice: FrameClient;
  let browser: TestSubscription;

  before(async () => {
    service = await PushService.open();
    gateway = await TestGateway.start({
      accounts: readers,
      env: {
        GATEWAY_PUSH_PRIVATE_SERVICES: "true",
        GATEWAY_PUSH_WAIT: String(wait),
        GATEWAY_PUSH_CONTACT: "mailto:phone@example.org",
        GATEWAY_PUSH_BROWSERS: "3",
      },
    });
    alice = await FrameClient.signedIn(gateway, "alice");
  });

  beforeEach(async () => {
    browser = service.subscription();
    await subscribe(browser);
  });

  afterEach(async () => {
    const page = await FrameClient.signedIn(gateway, "bob");
    assert.equal((await page.request("push.unsubscribe", { endpoint: browser.endpoint })).type, "ok");
    await page.close();
  });

  after(async () => {
    await alice?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    await service?.close();
  });

  async function subscribe(...browsers: TestSubscription[]): Promise<void> {
    const page = await FrameClient.signedIn(gateway, "bob");
    for (const one of browsers) {
      const answer = await page.request("push.subscribe", { ...one.fields, language: "fr" });
      assert.equal(answer.type, "ok", JSON.stringify(answer));
    }
    await page.close();
  }

  /** bob's browser was woken, and opens the page. */
  async function wakes(): Promise<{ page: FrameClient; incoming: Received }> {
    await browser.next("call");
    const page = await FrameClient.signedIn(gateway, "bob");
    return { page, incoming: await page.event("call.incoming") };
  }

  it("tells pages the key that signs, and the same one each time", async () => {
    const { key } = await alice.request("push.show");
    assert.match(String(key), /^[\w-]{87}$/);
    assert.equal((await alice.request("push.show")).key, key);
  });

  it("rings: the browser is woken, its page opens, and the call is answered there", async () => {
    const since = Date.now();
    const callId = await alice.call(bob);
    const push = await browser.next("call");
    assert.deepEqual(
      { ...push.note, at: 0, decline: "", callId: "" },
      {
        type: "call",
        callId: "",
        from: { target: { user: `alice@${domain}` }, name: "Alice", can: ["call"] },
        at: 0,
        waitMs: wait,
        decline: "",
        language: "fr",
      },
    );
    assert.deepEqual(
      [push.headers["urgency"], push.headers["ttl"], push.claims["sub"]],
      ["high", String(wait / 1000), "mailto:phone@example.org"],
    );
    assert.equal(push.key, (await alice.request("push.show")).key);
    await alice.event("call.ringing", callId);
    const page = await FrameClient.signedIn(gateway, "bob");
    const incoming = await page.event("call.incoming");
    assert.equal(incoming.callId, push.note.callId);
    assert.ok(incoming.at - since < wait, `${incoming.at - since} ms`);
    assert.equal((await page.answer(incoming)).type, "ok");
    await alice.event("call.answered", callId);
    const over = await browser.next("call-over");
    assert.deepEqual([over.note.callId, over.note.missed], [push.note.callId, false]);
    assert.equal(over.headers["topic"], push.headers["topic"], "it takes the other one's place");
    await alice.end(callId);
    await page.ended(String(incoming.callId));
    await page.close();
  });

  it("rings for a softphone too, which hears 180 and then the answer", async () => {
    const phone = await Baresip.start({ user: "carol", toneHz: 440, registrar: gateway.registrar("carol") });
    await phone.registered();
    await phone.dial(`bob@${domain}`);
    const { page, incoming } = await wakes();
    await phone.event("CALL_RINGING");
    assert.equal((await page.answer(incoming)).type, "ok");
    await phone.event("CALL_ESTABLISHED");
    await page.end(String(incoming.callId));
    await phone.event("CALL_CLOSED");
    await page.close();
    await phone.stop();
  });

  it("nobody comes: the caller is told, the notification goes, and the story says why", async () => {
    const callId = await alice.call(bob);
    const since = Date.now();
    const ended = await alice.ended(callId, wait + 2000);
    assert.equal(ended.reason, "no-answer");
    assert.match(String(ended.text), /did not come/);
    assert.ok(Math.abs(ended.at - since - wait) < 1000, `${ended.at - since} ms`);
    const over = await browser.next("call-over");
    assert.deepEqual([over.note.missed, over.note.from.name], [true, "Alice"]);
    const story = await (await StoryReader.open(gateway, "sam")).story(String(ended.reference));
    assert.equal(story.verdict.code, "asleep");
  });

  it("the caller gives up: the notification goes", async () => {
    const callId = await alice.call(bob);
    const { note } = await browser.next("call");
    await alice.event("call.ringing", callId);
    const since = Date.now();
    await alice.end(callId);
    await alice.ended(callId);
    const over = await browser.next("call-over");
    assert.deepEqual([over.note.callId, over.note.missed], [note.callId, true]);
    assert.ok(over.at - since < 1000, `${over.at - since} ms`);
  });

  it("is declined on the notification, by its link and no other", async () => {
    const callId = await alice.call(bob);
    const { note } = await browser.next("call");
    await alice.event("call.ringing", callId);
    const post = (path: string) => fetch(`${gateway.url}/${path}`, { method: "POST" });
    for (const path of ["push/decline/short", `push/decline/${"A".repeat(32)}`])
      assert.equal((await post(path)).status, 204);
    assert.equal((await alice.request("ping")).type, "pong");
    assert.ok(!alice.frames.some(({ type, callId: id }) => type === "call.ended" && id === callId));
    assert.equal((await post(note.decline)).status, 204);
    assert.equal((await alice.ended(callId)).reason, "declined");
    assert.equal((await browser.next("call-over")).note.missed, false);
    assert.equal((await post(note.decline)).status, 204);
  });

  it("a page that opens and is closed again leaves the call waiting for another one", async () => {
    const callId = await alice.call(bob);
    const first = await wakes();
    await first.page.close();
    const page = await FrameClient.signedIn(gateway, "bob");
    const incoming = await page.event("call.incoming", String(first.incoming.callId));
    await page.answer(incoming);
    await alice.event("call.answered", callId);
    await alice.end(callId);
    await page.ended(String(incoming.callId));
    await page.close();
  });

  it("whose push service says 410 is forgotten: the next call finds nobody", async () => {
    browser.status = 410;
    const callId = await alice.call(bob);
    assert.equal((await alice.ended(callId)).reason, "unavailable");
    browser.status = 201;
    // A page that was left might be loading again, and is waited for a moment.
    const since = Date.now();
    const isGone = ({ type, at, changed = [] }: Received): boolean =>
      type === "presence.changed" &&
      at >= since &&
      (changed as { target: object; pages: number }[]).some(
        ({ target, pages }) => "user" in target && target.user === bob.user && pages === 0,
      );
    await alice.next("bob to be gone", isGone);
    const again = await alice.call(bob);
    assert.equal((await alice.ended(again)).reason, "unavailable");
    assert.deepEqual(browser.received, []);
  });

  it("is not woken while a page is open", async () => {
    const page = await FrameClient.signedIn(gateway, "bob");
    const callId = await alice.call(bob);
    await page.event("call.incoming");
    await alice.request("message.send", { to: bob, text: "seen at once", messageId: "seen-1" });
    await alice.end(callId);
    await page.close();
    assert.deepEqual(browser.received, []);
  });

  it("is told of messages, shortened, and once", async () => {
    const text = `Hello ${"long ".repeat(100)}`;
    const send = () => alice.request("message.send", { to: bob, text, messageId: "told-1" });
    await send();
    await send();
    const { note, headers } = await browser.next("message");
    assert.deepEqual(note.of, { user: `alice@${domain}` });
    assert.equal([...(note.text ?? "")].length, 160);
    assert.match(note.text ?? "", /^Hello long .*…$/);
    assert.equal(headers["urgency"], "normal");
    assert.equal(browser.received.length, 1);
  });

  it("is woken wherever it is, in so many browsers, and calls without end are bounded", async () => {
    const more = [service.subscription(), service.subscription(), service.subscription()];
    await subscribe(...more);
    const callId = await alice.call(bob);
    for (const one of more) await one.next("call");
    assert.deepEqual(browser.received, [], "beyond three the oldest goes");
    await alice.end(callId);
    await alice.ended(callId);
    const calls: string[] = [];
    for (let turn = 0; turn < 40; turn++) calls.push(await alice.call(bob).catch(() => ""));
    for (const id of calls.filter(Boolean)) {
      await alice.end(id);
      await alice.ended(id);
    }
    const came = more[0]?.received.length ?? 0;
    assert.ok(came <= 61, `${came} notifications`);
    for (const one of more) {
      const page = await FrameClient.signedIn(gateway, "bob");
      await page.request("push.unsubscribe", { endpoint: one.endpoint });
      await page.close();
    }
  });

  it("of a guest, or of an endpoint that is none, is not taken", async () => {
    const page = await FrameClient.signedIn(gateway, "bob");
    const bad = await page.request("push.subscribe", { ...browser.fields, endpoint: "ftp://push.example.org" });
    assert.deepEqual([bad.type, bad.code], ["refused", "bad-frame"]);
    const key = await page.request("push.subscribe", { ...browser.fields, p256dh: "A".repeat(87) });
    assert.deepEqual([key.type, key.code], ["refused", "bad-target"]);
    await page.close();
  });
});

/** What the operator may set. */
describe("a closed page, by the settings", function () {
  this.timeout(patience);

  it("is told nothing of a message's content, reached at no private address, and not at all when that is off", async () => {
    const service = await PushService.open();
    const browser = service.subscription();
    const env = { NO_MEDIA: "/nonexistent", GATEWAY_PUSH_SHOW_TEXT: "false" };
    let gateway = await TestGateway.start({ env: { ...env, GATEWAY_PUSH_PRIVATE_SERVICES: "true" } });
    let page = await FrameClient.signedIn(gateway, "bob");
    await page.request("push.subscribe", browser.fields);
    await page.close();
    const alice = await FrameClient.signedIn(gateway, "alice");
    await alice.request("message.send", { to: bob, text: "a secret", messageId: "m1" });
    const { note } = await browser.next("message");
    assert.equal(note.text, undefined);
    await alice.close();
    await gateway.stop();

    gateway = await TestGateway.start({ env });
    page = await FrameClient.signedIn(gateway, "bob");
    const refused = await page.request("push.subscribe", browser.fields);
    assert.deepEqual([refused.type, refused.code], ["refused", "bad-target"]);
    await page.close();
    await gateway.stop();

    gateway = await TestGateway.start({ env: { ...env, GATEWAY_PUSH_ENABLED: "false" } });
    page = await FrameClient.signedIn(gateway, "bob");
    assert.equal((await page.request("push.show")).code, "unsupported");
    await page.close();
    await gateway.stop();
    await service.close();
  });
});

/** A page may open at whatever node the network sends it to. */
describe("a closed page, with several gateways over one Redis", function () {
  this.timeout(2 * patience);
  let redis: RunningRedis;
  let service: PushService;
  let nodes: [TestGateway, TestGateway];

  before(async () => {
    [redis, service] = await Promise.all([startRedis(), PushService.open()]);
    const start = (): Promise<TestGateway> =>
      TestGateway.start({
        env: {
          GATEWAY_REDIS_URL: redis.url,
          GATEWAY_PUSH_PRIVATE_SERVICES: "true",
          GATEWAY_PUSH_WAIT: "5000",
        },
      });
    nodes = [await start(), await start()];
    await until(
      "the nodes to know each other",
      async () => (await nodes[0].metrics())["offhook_other_nodes"] === 1,
      15_000,
    );
  });

  after(async () => {
    for (const node of nodes ?? []) {
      await node.assertIdle();
      await node.stop();
    }
    await service?.close();
    await redis?.stop();
  });

  it("rings where the page opens, is declined by any of them, and all have one key", async () => {
    const browser = service.subscription();
    const alice = await FrameClient.signedIn(nodes[0], "alice");
    const asking = await FrameClient.signedIn(nodes[1], "bob");
    await asking.request("push.subscribe", browser.fields);
    assert.equal((await asking.request("push.show")).key, (await alice.request("push.show")).key);
    await asking.close();

    const callId = await alice.call(bob);
    await browser.next("call");
    await alice.event("call.ringing", callId);
    const page = await FrameClient.signedIn(nodes[1], "bob");
    const incoming = await page.event("call.incoming");
    assert.equal((await page.answer(incoming)).type, "ok");
    await alice.event("call.answered", callId);
    assert.equal((await browser.next("call-over")).note.missed, false);
    await alice.end(callId);
    await page.ended(String(incoming.callId));
    await page.close();

    const again = await alice.call(bob);
    const { note } = await browser.next("call");
    await alice.event("call.ringing", again);
    assert.equal((await fetch(`${nodes[1].url}/${note.decline}`, { method: "POST" })).status, 204);
    assert.equal((await alice.ended(again)).reason, "declined");
    await alice.close();
  });
});
