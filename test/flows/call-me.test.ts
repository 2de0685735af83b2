import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Baresip } from "../support/baresip.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { assertTone } from "../support/tone.ts";
import { elapsed } from "../support/until.ts";

const number = "+33612345678";
const visitorHz = 600;
const carolHz = 1000;
const pageHz = 1300;
/** ITU-T E.180: what the visitor hears while the target rings. */
const ringbackHz = 425;

/** A page asks for a call between a telephone in the network (a softphone behind a trunk) and somebody here. */
describe("call me", function () {
  this.timeout(patience);
  let visitor: Baresip;
  let carol: Baresip;
  let gateway: TestGateway;
  let asker: FrameClient;

  before(async () => {
    visitor = await Baresip.start({ user: number, toneHz: visitorHz, codecs: ["PCMA", "PCMU"] });
    const trunk = { name: "network", address: `127.0.0.1:${visitor.sipPort}` };
    gateway = await TestGateway.start({
      trunks: [trunk],
      env: { GATEWAY_CALL_RING_TIMEOUT: "4000", GATEWAY_CALL_CALL_ME_PER_HOUR: "100" },
    });
    carol = await Baresip.start({ user: "carol", toneHz: carolHz, registrar: gateway.registrar("carol") });
    await carol.registered();
  });

  beforeEach(async () => (asker = await FrameClient.signedIn(gateway, "alice")));

  afterEach(async () => {
    if (!asker.closing) await asker.close();
  });

  after(async () => {
    await carol?.stop();
    await visitor?.stop();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  async function ask(target: object = { user: `carol@${domain}` }): Promise<string> {
    const answer = await asker.request("call.me", { number: "+33 6 12 34 56 78", target });
    assert.equal(answer.type, "call.started", JSON.stringify(answer));
    return String(answer.callId);
  }

  /** The visitor's telephone rings. */
  async function rung(target?: object): Promise<string> {
    const callId = await ask(target);
    await visitor.event("CALL_INCOMING");
    await asker.event("call.ringing", callId);
    return callId;
  }

  /** The visitor has answered, and Carol's telephone rings. */
  async function waiting(): Promise<string> {
    const callId = await rung();
    await visitor.accept();
    await visitor.event("CALL_ESTABLISHED");
    await carol.event("CALL_INCOMING");
    return callId;
  }

  async function joined(): Promise<string> {
    const callId = await waiting();
    await carol.accept();
    await asker.event("call.answered", callId);
    await carol.event("CALL_ESTABLISHED");
    return callId;
  }

  async function ended(callId: string): Promise<unknown[]> {
    const { by, reason } = await asker.ended(callId, 10_000);
    return [by, reason];
  }

  it("rings the visitor, plays ringing, rings the target, and lets them hear each other", async () => {
    const callId = await waiting();
    await elapsed(1200);
    await carol.accept();
    await asker.event("call.answered", callId);
    await elapsed(2000);
    await carol.hangup();
    assert.deepEqual(await ended(callId), ["remote", "normal"]);
    await visitor.event("CALL_CLOSED");
    await carol.event("CALL_CLOSED");
    const heard = await visitor.heard();
    assertTone(heard, ringbackHz, carolHz);
    assertTone(heard, carolHz, visitorHz);
    assertTone(await carol.heard(), visitorHz, carolHz);
  });

  it("describes the visitor's session under one name, with versions that grow by one (RFC 3264 8)", async () => {
    const logged = visitor.log().length;
    const callId = await joined();
    await carol.hangup();
    await ended(callId);
    await visitor.event("CALL_CLOSED");
    await carol.event("CALL_CLOSED");
    const origins = [
      ...visitor
        .log()
        .slice(logged)
        .matchAll(/^o=- (\d+) (\d+) IN IP4 (?!127)/gm),
    ];
    assert.equal(origins.length, 2);
    assert.deepEqual(new Set(origins.map(([, id]) => id)).size, 1);
    assert.deepEqual(
      origins.map(([, , version]) => version),
      ["1", "2"],
    );
  });

  it("joins the visitor to a page, which is asked for an offer", async () => {
    const browser = await Chromium.launch({ toneHz: pageHz });
    const bob: PhonePage<Page> = await PhonePage.open(await browser.page(), gateway, "bob");
    const callId = await rung({ user: `bob@${domain}` });
    await visitor.accept();
    await bob.answer();
    await bob.state("connected");
    await asker.event("call.answered", callId);
    await hearsTone(bob.page, visitorHz, pageHz);
    await elapsed(1500);
    await bob.end();
    assert.deepEqual(await ended(callId), ["remote", "normal"]);
    await visitor.event("CALL_CLOSED");
    assertTone(await visitor.heard(), pageHz, visitorHz);
    await browser.close();
  });

  it("joins the visitor to a test number, and sends the digits of the page", async () => {
    const callId = await rung({ tel: "600" });
    await visitor.accept();
    await asker.event("call.answered", callId);
    await asker.request("call.dtmf", { callId, digits: "5" });
    await elapsed(1500);
    await asker.end(callId);
    assert.deepEqual(await ended(callId), ["local", "normal"]);
    await visitor.event("CALL_CLOSED");
    assertTone(await visitor.heard(), visitorHz, carolHz);
  });

  it("is over when the visitor is busy", async () => {
    const callId = await rung();
    await visitor.hangup();
    assert.deepEqual(await ended(callId), ["system", "busy"]);
  });

  it("is over when the visitor does not answer", async () => {
    const callId = await rung();
    assert.deepEqual(await ended(callId), ["system", "no-answer"]);
    await visitor.event("CALL_CLOSED");
  });

  it("lets the visitor go when the target is busy, or does not answer", async () => {
    const busy = await waiting();
    await carol.hangup();
    assert.deepEqual(await ended(busy), ["remote", "busy"]);
    await visitor.event("CALL_CLOSED");
    const silent = await waiting();
    assert.deepEqual(await ended(silent), ["system", "no-answer"]);
    await visitor.event("CALL_CLOSED");
    await carol.event("CALL_CLOSED");
  });

  it("lets the visitor go when nobody has the target's name", async () => {
    const callId = await rung({ user: `nobody@${domain}` });
    await visitor.accept();
    assert.deepEqual(await ended(callId), ["system", "not-found"]);
    await visitor.event("CALL_CLOSED");
  });

  it("ends both sides when the visitor hangs up, while the target rings and later", async () => {
    for (const stage of [waiting, joined]) {
      const callId = await stage();
      await visitor.hangup();
      assert.deepEqual(await ended(callId), ["system", "normal"], stage.name);
      await carol.event("CALL_CLOSED");
    }
  });

  it("ends both sides when the page says so, at each stage", async () => {
    for (const stage of [rung, waiting, joined]) {
      const callId = await stage();
      await asker.end(callId);
      assert.deepEqual(await ended(callId), ["local", "normal"], stage.name);
      await visitor.event("CALL_CLOSED");
      if (stage !== rung) await carol.event("CALL_CLOSED");
    }
  });

  it("is given up when the page is closed before the visitor has answered, and goes on after that", async () => {
    await rung();
    await asker.close();
    await visitor.event("CALL_CLOSED");
    asker = await FrameClient.signedIn(gateway, "alice");
    await joined();
    await asker.close();
    await elapsed(500);
    assert.equal((await gateway.metrics())["offhook_calls_connected"], 1);
    await carol.hangup();
    await visitor.event("CALL_CLOSED");
  });
});
