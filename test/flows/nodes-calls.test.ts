import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Baresip } from "../support/baresip.ts";
import { Chromium, hearsNoTone, hearsTone } from "../support/chromium.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { toneMicrophoneScript } from "../support/ears.ts";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, patience, type TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { storyFiles } from "../support/story-reader.ts";
import { RestClient, TestApiKey } from "../support/rest-client.ts";
import { SeveralNodes } from "../support/several-nodes.ts";
import { assertTone } from "../support/tone.ts";
import { elapsed, until } from "../support/until.ts";

const [aliceHz, bobHz, carolHz, againHz] = [600, 900, 440, 1300];
const bob = { user: `bob@${domain}` };
const carol = { user: `carol@${domain}` };

interface Contact {
  readonly target?: { readonly user?: string };
  readonly status: string;
}

describe("calls across nodes", function () {
  this.timeout(4 * patience);
  const key = new TestApiKey("app");
  let nodes: SeveralNodes;
  let browser: Chromium;

  before(async () => {
    // Frames have no sound, and a node is missed after 5 s.
    const start = SeveralNodes.start(2, { GATEWAY_MEDIA_TIMEOUT: "20000" }, {}, { apiKeys: [key.setting] });
    [nodes, browser] = await Promise.all([start, Chromium.launch({ toneHz: aliceHz })]);
  });
  afterEach(() => nodes.assertIdle());
  after(async () => {
    await browser?.close();
    await nodes?.stop();
  });

  const at = (index: number): TestGateway => nodes.at(index);
  const framesAt = (index: number, name: string): Promise<FrameClient> => FrameClient.signedIn(at(index), name);
  const phoneAt = async (index: number, name: string): Promise<Baresip> => {
    const phone = await Baresip.start({ user: name, toneHz: carolHz, registrar: at(index).registrar(name) });
    await phone.registered();
    return phone;
  };
  /** A call from alice at the first node to bob at the second, answered. */
  async function connected(): Promise<{ alice: FrameClient; bobs: FrameClient; callId: string }> {
    const [alice, bobs] = [await framesAt(0, "alice"), await framesAt(1, "bob")];
    const callId = await alice.call(bob);
    await bobs.answer(await bobs.event("call.incoming", callId));
    await Promise.all([alice, bobs].map((page) => page.event("call.answered", callId)));
    return { alice, bobs, callId };
  }
  const pageAt = async (index: number, name: string, toneHz: number): Promise<PhonePage<Page>> =>
    PhonePage.open(await browser.page({ toneHz }), at(index), name);

  it("page to page: sound both ways, and either hangs up", async () => {
    const [alice, bobs] = [await pageAt(0, "alice", aliceHz), await pageAt(1, "bob", bobHz)];
    for (const ending of [alice, bobs]) {
      await alice.call(bob);
      await bobs.answer();
      await Promise.all([alice.state("connected"), bobs.state("connected")]);
      await Promise.all([hearsTone(alice.page, bobHz, aliceHz), hearsTone(bobs.page, aliceHz, bobHz)]);
      await ending.end();
      const ends = await Promise.all([alice.ended(), bobs.ended()]);
      assert.deepEqual(
        ends.map(({ by, reason }) => [by, reason]),
        ending === alice
          ? [
              ["local", "normal"],
              ["remote", "normal"],
            ]
          : [
              ["remote", "normal"],
              ["local", "normal"],
            ],
      );
    }
    await Promise.all([alice.page.close(), bobs.page.close()]);
  });

  it("page to softphone and back: sound both ways, hold, keys, and either hangs up", async () => {
    const [alice, phone] = [await pageAt(0, "alice", aliceHz), await phoneAt(1, "carol")];
    await alice.call(carol);
    await phone.event("CALL_INCOMING");
    await phone.accept();
    await alice.state("connected");
    await hearsTone(alice.page, carolHz, aliceHz);
    await alice.digits("15#");
    for (const param of ["1", "5", "#"]) await phone.event("CALL_DTMF_START", { param });
    await phone.digit("7");
    await until("the key on the page", async () => (await alice.current())?.digits === "7");
    await phone.hold();
    await alice.held(true);
    await elapsed(1000);
    await hearsNoTone(alice.page, carolHz, aliceHz);
    await phone.resume();
    await alice.held(false);
    await hearsTone(alice.page, carolHz, aliceHz);
    await elapsed(800);
    await alice.end();
    await phone.event("CALL_CLOSED");
    assertTone(await phone.heard(), aliceHz, carolHz);

    await phone.dial(`sip:alice@${domain}`);
    await alice.answer();
    await alice.state("connected");
    await hearsTone(alice.page, carolHz, aliceHz);
    await elapsed(800);
    await phone.hangup();
    assert.deepEqual(
      [await alice.ended()].map(({ by, reason }) => [by, reason]),
      [["remote", "normal"]],
    );
    assertTone(await phone.heard(), aliceHz, carolHz);
    await Promise.all([alice.page.close(), phone.stop()]);
  });

  it("rings pages and softphones of both nodes; the others see answered elsewhere", async () => {
    const [alice, here, there] = [await framesAt(0, "alice"), await framesAt(0, "bob"), await framesAt(1, "bob")];
    const phone = await phoneAt(1, "bob");
    const callId = await alice.call(bob);
    const ringing = await Promise.all([here, there].map((page) => page.event("call.incoming", callId)));
    await phone.event("CALL_INCOMING");
    await there.answer(ringing[1] as Received);
    await alice.event("call.answered", callId);
    assert.equal((await here.ended(callId)).reason, "answered-elsewhere");
    await phone.event("CALL_CLOSED");
    await there.end(callId);
    assert.deepEqual([(await alice.ended(callId)).by, (await there.ended(callId)).by], ["remote", "local"]);
    await Promise.all([alice, here, there].map((page) => page.close()));
    await phone.stop();
  });

  it("is in both lists once, and seen as a call at every node", async () => {
    const { alice, bobs, callId } = await connected();
    const watcher = await framesAt(1, "carol");
    const sees = (status: string): Promise<unknown> =>
      until(`carol to see both ${status}`, () => {
        const told = watcher.frames.flatMap((frame) => (frame.contacts ?? frame.changed ?? []) as Contact[]);
        return ["alice", "bob"].every(
          (name) => told.findLast(({ target }) => target?.user === `${name}@${domain}`)?.status === status,
        );
      });
    await sees("in-a-call");
    await alice.end(callId);
    await bobs.ended(callId);
    await sees("online");
    const added = await Promise.all([alice, bobs].map((page) => page.event("history.added")));
    const records = added.map(({ record }) => record as { reference: string; direction: string });
    assert.deepEqual(
      records.map(({ direction }) => direction),
      ["out", "in"],
    );
    // What passed at the other node stands in the story, too.
    const storiesAt = (index: number): string =>
      existsSync(join(at(index).stateDir, "calls")) ? storyFiles(at(index)) : "";
    await until("the story", () => ["call.incoming", "call.answer"].every((type) => storiesAt(0).includes(type)));
    assert.ok(!storiesAt(1).includes(String(records[0]?.reference)));
    for (const page of [alice, bobs]) {
      const { records: listed } = await page.request("history.list");
      const mine = (listed as { reference: string }[]).filter(({ reference }) => reference === records[0]?.reference);
      assert.equal(mine.length, 1);
    }
    await Promise.all([alice, bobs, watcher].map((page) => page.close()));
  });

  it("is listed and ended by a server of the application at whatever node, as are sessions", async () => {
    const { alice, bobs, callId } = await connected();
    const [here, there] = [0, 1].map((index) => new RestClient(at(index), key.key));
    assert.ok(here && there);
    for (const rest of [here, there]) {
      const { calls } = await rest.ask<{ calls: readonly { state: string }[] }>(200, "GET", "/calls");
      assert.deepEqual(
        calls.map(({ state }) => state),
        ["connected"],
      );
      const { sessions } = await rest.ask<{ sessions: readonly { user: string }[] }>(200, "GET", "/sessions");
      assert.deepEqual(sessions.map(({ user }) => user).sort(), [`alice@${domain}`, `bob@${domain}`]);
    }
    const { calls } = await there.ask<{ calls: readonly { reference: string }[] }>(200, "GET", "/calls");
    await there.ask(204, "DELETE", `/calls/${calls[0]?.reference}`);
    for (const page of [alice, bobs]) assert.equal((await page.ended(callId)).by, "system");
    await there.problem("not-found", "DELETE", `/calls/${calls[0]?.reference}`);
    const { sessions } = await there.ask<{ sessions: readonly { sessionId: string }[] }>(200, "GET", "/sessions");
    for (const { sessionId } of sessions) await there.ask(204, "DELETE", `/sessions/${sessionId}`);
    await Promise.all([alice.closed(), bobs.closed()]);
  });

  it("ends at the node of the leg when the owner is killed", async () => {
    const { bobs, callId } = await connected();
    const restart = await nodes.kill(0);
    const killed = performance.now();
    const end = await bobs.ended(callId, 8000);
    process.stdout.write(`      told after ${Math.round(performance.now() - killed)} ms\n`);
    assert.deepEqual([end.by, end.reason], ["system", "network-lost"]);
    await bobs.close();
    await restart();
  });

  it("ends at the owner when the node of the leg is killed; ringing goes on with the others", async () => {
    const { alice, callId } = await connected();
    const here = await framesAt(0, "carol");
    const there = await framesAt(1, "carol");
    const caller = await framesAt(0, "dave");
    const ringing = await caller.call(carol);
    await there.event("call.incoming", ringing);
    const incoming = await here.event("call.incoming", ringing);
    const restart = await nodes.kill(1);
    const end = await alice.ended(callId, 8000);
    assert.deepEqual([end.by, end.reason], ["remote", "network-lost"]);
    assert.equal(caller.frames.filter(({ type }) => type === "call.ended").length, 0);
    await here.answer(incoming);
    await caller.event("call.answered", ringing);
    await caller.end(ringing);
    await Promise.all([alice, here, caller].map((page) => page.close()));
    await restart();
  });

  it("stands while Redis is away: sound goes on, own users ring at once, and the end comes when it is back", async () => {
    const [alice, bobs] = [await pageAt(0, "alice", aliceHz), await pageAt(1, "bob", bobHz)];
    await alice.call(bob);
    await bobs.answer();
    await alice.state("connected");
    await nodes.cut(true);
    const [dave, erin] = [await framesAt(0, "dave"), await framesAt(0, "erin")];
    const started = performance.now();
    const local = await dave.call({ user: `erin@${domain}` });
    await erin.event("call.incoming", local, 1000);
    process.stdout.write(`      own user rang after ${Math.round(performance.now() - started)} ms\n`);
    await dave.end(local);
    await bobs.digits("42");
    await Promise.all([hearsTone(alice.page, bobHz, aliceHz), hearsTone(bobs.page, aliceHz, bobHz)]);
    assert.equal((await alice.current())?.state, "connected");
    assert.equal((await alice.current())?.digits, "");
    await nodes.cut(false);
    await until("the keys", async () => (await alice.current())?.digits === "42");
    await nodes.cut(true);
    await bobs.end();
    assert.equal((await bobs.ended()).by, "local");
    await nodes.cut(false);
    assert.deepEqual([(await alice.ended()).by, (await alice.current())?.end?.reason], ["remote", "normal"]);
    await Promise.all([alice.page.close(), bobs.page.close(), dave.close(), erin.close()]);
  });

  it("goes on when its pages come to other nodes: sound, keys and the end", async () => {
    // A balancer leads the same address to another node each time.
    const ways = await Promise.all([at(0), at(1)].map(({ httpPort }) => CuttingProxy.open(httpPort)));
    const open = async (index: number, name: string, toneHz: number): Promise<PhonePage<Page>> => {
      const url = `http://localhost:${ways[index]?.port}`;
      return PhonePage.open(await browser.page({ toneHz }), { url }, name);
    };
    const [alice, bobs] = [await open(0, "alice", aliceHz), await open(1, "bob", bobHz)];
    await alice.call(bob);
    await bobs.answer();
    await alice.state("connected");
    const comesTo = async (index: number, to: number): Promise<void> => {
      const way = ways[index] ?? assert.fail();
      const before = way.webSockets;
      way.target = at(to).httpPort;
      way.cut();
      await until("the page at another node", () => way.webSockets > before);
      await until("its session", async () => (await [alice, bobs][index]?.session()) === "connected");
    };
    await comesTo(1, 0);
    await comesTo(0, 1);
    await Promise.all([hearsTone(alice.page, bobHz, aliceHz), hearsTone(bobs.page, aliceHz, bobHz)]);
    await alice.digits("12");
    await bobs.digits("34");
    await until("the keys", async () => (await bobs.current())?.digits === "12");
    await until("the keys", async () => (await alice.current())?.digits === "34");
    await comesTo(1, 1);
    assert.deepEqual([(await alice.current())?.state, (await bobs.current())?.state], ["connected", "connected"]);
    await bobs.end();
    const [mine, theirs] = await Promise.all([alice.ended(), bobs.ended()]);
    assert.deepEqual([mine.by, mine.reason, theirs.by, theirs.reason], ["remote", "normal", "local", "normal"]);
    await Promise.all([alice, bobs].map(({ page }) => page.close()));
    for (const way of ways) await way.close();
  });

  it("goes on when its page is loaded anew at another node: sound both ways", async () => {
    const way = await CuttingProxy.open(at(1).httpPort);
    const alice = await pageAt(0, "alice", aliceHz);
    const url = `http://localhost:${way.port}`;
    const bobs = await PhonePage.open(await browser.page({ toneHz: bobHz }), { url }, "bob");
    await alice.call(bob);
    await bobs.answer();
    await alice.state("connected");
    way.target = at(0).httpPort;
    await bobs.page.addInitScript(toneMicrophoneScript(againHz));
    await bobs.page.reload();
    const isBack = `(([call]) => call?.view().state === "connected" && !!call.remote)(
      window.offhook?.session?.calls.view().calls ?? [])`;
    await until("the call is back", () => bobs.page.evaluate(isBack).catch(() => false));
    await bobs.watch();
    await Promise.all([hearsTone(alice.page, againHz, aliceHz), hearsTone(bobs.page, aliceHz, againHz)]);
    await alice.end();
    assert.deepEqual(
      [await bobs.ended()].map(({ by, reason }) => [by, reason]),
      [["remote", "normal"]],
    );
    await Promise.all([alice, bobs].map(({ page }) => page.close()));
    await way.close();
  });

  it("ends for both, and says why, when a page was loaded anew at another node", async () => {
    const [alice, first] = [await framesAt(0, "alice"), await FrameClient.open(at(1))];
    const { sessionId } = await first.signIn(bob);
    const callId = await alice.call(bob);
    await first.answer(await first.event("call.incoming", callId));
    await first.event("call.answered", callId);
    const second = await FrameClient.open(at(0));
    await second.request("session.resume", { ...bob, sessionId, seq: 0, reload: true });
    const end = await alice.ended(callId);
    assert.deepEqual([end.by, end.reason], ["remote", "network-lost"]);
    await first.closed();
    await Promise.all([alice.close(), second.close()]);
  });
});
