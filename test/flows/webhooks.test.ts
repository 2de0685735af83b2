import assert from "node:assert/strict";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { until } from "../support/until.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

const alice = `alice@${domain}`;
const bob = `bob@${domain}`;
/** So long a receiver may take; a call is set up in less. */
const timeout = 1_500;

describe("webhooks", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let all: WebhookReceiver;
  let calls: WebhookReceiver;
  let messages: WebhookReceiver;

  before(async () => {
    [all, calls, messages] = await Promise.all([
      WebhookReceiver.open(),
      WebhookReceiver.open(),
      WebhookReceiver.open(),
    ]);
    const to = [
      { id: "all", url: all.url, secret: all.secret, domain },
      { id: "calls", url: calls.url, secret: calls.secret, domain, events: ["call.started", "call.ended"] },
      { id: "messages", url: messages.url, secret: messages.secret, domain, events: ["message.kept"] },
    ];
    const webhooks = { to, timeout, firstRetry: 50, lastRetry: 400, attempts: 5 };
    gateway = await TestGateway.start({ settings: { webhooks } });
    for (const { secret } of to) gateway.secrets.add(secret);
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
    for (const receiver of [all, calls, messages]) await receiver?.close();
  });

  const counted = async (webhook: string, outcome: string): Promise<number> =>
    (await gateway.metrics())[`offhook_webhook_events_total{webhook="${webhook}",outcome="${outcome}"}`] ?? 0;

  /** A call from alice to bob that is answered and ended. */
  const call = async (): Promise<string> => {
    const [caller, callee] = [await FrameClient.signedIn(gateway, "alice"), await FrameClient.signedIn(gateway, "bob")];
    const callId = await caller.call({ user: bob });
    await callee.answer(await callee.event("call.incoming"));
    await caller.event("call.answered", callId);
    await caller.end(callId);
    const { reference } = await caller.ended(callId);
    await caller.close();
    await callee.close();
    return String(reference);
  };

  it("tell a call from start to end, with its reference", async () => {
    const reference = await call();
    const facts = [];
    for (const type of ["call.started", "call.answered", "call.ended"])
      facts.push((await all.next(type, ({ subject }) => subject === reference)).event);
    const [started, answered, ended] = facts;
    const from = { target: { user: alice }, name: "Alice", can: ["call"] };
    const to = { target: { user: bob }, can: ["call"] };
    assert.deepEqual(started?.data, { reference, from, to });
    assert.deepEqual(answered?.data, { reference, from, to });
    const { durationMs, ...end } = ended?.data as unknown as { readonly durationMs: number };
    assert.ok(durationMs > 0);
    assert.deepEqual(end, { reference, from, to, by: "caller", reason: "normal", text: "The call has ended." });
    assert.equal(started?.source, `urn:offhook:${domain}`);
    await calls.next("call.started", ({ subject }) => subject === reference);
    await calls.next("call.ended", ({ subject }) => subject === reference);
    assert.deepEqual(
      calls.received.map(({ event }) => event.type),
      ["call.started", "call.ended"],
      "only what was asked for, in order",
    );
  });

  it("tell sessions, presence and messages, each message once", async () => {
    const page = await FrameClient.open(gateway);
    const { sessionId } = await page.signIn({ user: alice });
    const began = await all.next("session.began", ({ subject }) => subject === sessionId);
    assert.deepEqual(began.event.data, { sessionId, user: alice });
    const seen = (status: string) => (event: { subject: string; data: unknown }) =>
      event.subject === alice && (event.data as { status: string }).status === status;
    await all.next("presence.changed", seen("online"));
    await page.request("presence.status", { status: "busy", note: "In a meeting" });
    const busy = await all.next("presence.changed", seen("busy"));
    assert.equal((busy.event.data as { note?: string }).note, "In a meeting");
    const message = { to: { user: bob }, text: "Hello", messageId: "hook-1" };
    for (let times = 0; times < 2; times += 1) await page.request("message.send", message);
    const kept = await all.next("message.kept");
    const { number, ...fact } = kept.event.data as { readonly number: number };
    assert.ok(number >= 1);
    assert.deepEqual(fact, { messageId: "hook-1", from: alice, to: { user: bob }, text: "Hello" });
    await page.request("session.close");
    await page.closed();
    await all.next("session.ended", ({ subject }) => subject === sessionId);
    await all.next("presence.changed", seen("offline"));
    assert.equal(all.received.filter(({ event }) => event.type === "message.kept").length, 1);
  });

  it("tell whoever wakes native apps of a call for one that registered with push parameters (RFC 8599)", async () => {
    const push = "pn-provider=apns;pn-param=T3AM.app;pn-prid=00fc13";
    const dave = await RegisteredUa.open(gateway, "dave", { contactParams: push });
    const page = await FrameClient.signedIn(gateway, "alice");
    const callId = await page.call({ user: `dave@${domain}` });
    dave.ua.reply(await dave.ua.request("INVITE"), 486, "Busy Here");
    const { reference } = await page.ended(callId);
    const { event } = await all.next("phone.called");
    const { from: _from, to: _to, ...fact } = event.data as { readonly from: object; readonly to: object };
    const device = { provider: "apns", prid: "00fc13", param: "T3AM.app" };
    assert.deepEqual(fact, { reference, user: `dave@${domain}`, ...device });
    await dave.register(0, push);
    await dave.close();
    await page.close();
  });

  it("tell nothing of another domain", async () => {
    const page = await FrameClient.signedIn(gateway, `mallory@${otherDomain}`);
    const callId = await page.call({ user: `nobody@${otherDomain}` });
    await page.ended(callId);
    await page.close();
    await call();
    assert.ok(!JSON.stringify(all.received).includes(otherDomain));
  });

  it("come again, in order and with the same id, to a receiver that fails, sends elsewhere or is slow; no call waits", async () => {
    const elsewhere = await WebhookReceiver.open();
    const silent: (() => void)[] = [];
    calls.answers.push(
      500,
      (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
      (response) => void response.destroy(),
      (response) => void silent.push(() => response.end()),
    );
    const before = calls.received.length;
    const started = Date.now();
    const reference = await call();
    const took = Date.now() - started;
    const tries = await until(
      "the fifth try and the end",
      () => {
        const seen = calls.received.slice(before);
        return seen.length >= 6 && seen;
      },
      15_000,
    );
    const types = tries.map(({ event }) => event.type);
    assert.deepEqual(types, [...Array(5).fill("call.started"), "call.ended"]);
    assert.ok(tries.every(({ event }) => event.subject === reference));
    assert.equal(new Set(tries.slice(0, 5).map(({ id }) => id)).size, 1);
    const last = tries[4]?.at ?? 0;
    assert.ok(last - (tries[3]?.at ?? 0) >= timeout - 50, "the slow answer was waited for");
    assert.ok(started + took < last, "the call was over before the webhook was taken");
    for (const end of silent) end();
    assert.equal(elsewhere.received.length, 0, "a redirect was followed");
    assert.equal(await counted("calls", "failed"), 4);
    await elsewhere.close();
  });

  it("are given up after so many tries, and those behind come", async () => {
    calls.answers.push(...Array<number>(5).fill(503));
    const reference = await call();
    await calls.next("call.ended", ({ subject }) => subject === reference);
    assert.equal(await counted("calls", "given-up"), 1);
  });

  it("are switched off by 410", async () => {
    messages.answers.push(410);
    const page = await FrameClient.signedIn(gateway, "alice");
    const send = (messageId: string) => page.request("message.send", { to: { user: bob }, text: "Hi", messageId });
    const before = messages.received.length;
    await send("gone-1");
    await until("410", async () => (await counted("messages", "gone")) === 1);
    await send("gone-2");
    await all.next("message.kept", ({ subject }) => subject === "gone-2");
    await page.close();
    assert.equal(messages.received.length, before + 1);
    assert.match(gateway.log(), /webhook switched off by its receiver: 410/);
  });
});
