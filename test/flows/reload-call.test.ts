import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Baresip, type BaresipCodec } from "../support/baresip.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { toneMicrophoneScript } from "../support/ears.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { assertNoTone, assertTone, type Sound } from "../support/tone.ts";
import { elapsed, until } from "../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;
/** The page's microphone once it was loaded again: what was recorded before cannot be taken for it. */
const againHz = 700;
const graceMs = 6_000;

interface StandingView {
  readonly state: string;
  readonly muted: boolean;
  readonly since: number;
  readonly hasRemote: boolean;
  readonly reference: string;
}

/** A page is loaded anew while somebody talks on it, and the call goes on. */
describe("a call of a page that is loaded again", function () {
  this.timeout(patience + 30_000);
  let gateway: TestGateway;
  let browser: Chromium;

  before(async () => {
    const env = {
      GATEWAY_SESSION_RELOAD_GRACE: String(graceMs),
      GATEWAY_SESSION_GRACE: "7000",
      // Shorter than the grace: it must not end the call meanwhile.
      GATEWAY_MEDIA_TIMEOUT: "2000",
    };
    [gateway, browser] = await Promise.all([TestGateway.start({ env }), Chromium.launch({ toneHz: pageHz })]);
  });
  afterEach(() => gateway.assertIdle());
  after(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const pageOf = async (name: string, toneHz = pageHz): Promise<PhonePage<Page>> =>
    PhonePage.open(await browser.page({ toneHz }), gateway, name);

  async function phoneOf(name: string, codec: BaresipCodec = "PCMU"): Promise<Baresip> {
    const sealed = name === "sally" ? { mediaEncryption: "srtp-mand" as const } : {};
    const registrar = gateway.registrar(name);
    const phone = await Baresip.start({ user: name, toneHz: phoneHz, codecs: [codec], registrar, ...sealed });
    await phone.registered();
    return phone;
  }

  const seen = async ({ page }: PhonePage<Page>): Promise<StandingView | undefined> =>
    (await page.evaluate(`(() => {
      const call = window.offhook?.session?.calls.view().calls[0];
      if (!call) return undefined;
      const { state, muted, since } = call.view();
      return { state, muted: muted.audio, since: since?.getTime(), hasRemote: !!call.remote, reference: call.reference };
    })()`)) as StandingView | undefined;

  /** Loads the page again, from now on with another tone; its call is there again. */
  async function reload(phone: PhonePage<Page>): Promise<StandingView> {
    await phone.page.addInitScript(toneMicrophoneScript(againHz));
    await phone.page.reload();
    const call = await until("the call is back", async () => {
      const now = await seen(phone).catch(() => undefined);
      return now?.state === "connected" && now.hasRemote ? now : undefined;
    });
    await phone.watch();
    return call;
  }

  it("is back with sound both ways, and nobody sees that the user was away", async () => {
    const [bob, phone] = [await FrameClient.signedIn(gateway, "bob"), await phoneOf("carol")];
    const alice = await pageOf("alice");
    await alice.call({ user: `carol@${domain}` });
    await phone.event("CALL_INCOMING");
    await phone.accept();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    const before = await seen(alice);
    await elapsed(800);

    const after = await reload(alice);
    assert.equal(after.reference, before?.reference);
    assert.ok(Math.abs(after.since - (before?.since ?? 0)) < 300, `${after.since - (before?.since ?? 0)} ms`);
    await alice.page.locator("[data-testid=call][data-state=connected]").waitFor();
    await hearsTone(alice.page, phoneHz, againHz);
    await elapsed(1500);
    await alice.end();
    const end = await alice.ended();
    assert.deepEqual([end.reason, end.by], ["normal", "local"]);
    assert.ok(end.durationMs > 2_000, `${end.durationMs} ms`);
    await phone.event("CALL_CLOSED");
    assert.equal(phone.log().match(/^INVITE /gm)?.length, 1, "the phone is told nothing");
    const heard = await phone.heard();
    assertTone(heard, pageHz, phoneHz);
    assertTone(last(heard, 900), againHz, pageHz);
    const wanted = ["offline", "online", "in-a-call", "online"];
    await until("what Bob saw", () => statusesOf(bob, "alice").length === wanted.length).catch(() => {});
    assert.deepEqual(statusesOf(bob, "alice"), wanted);
    await Promise.all([leave(alice), phone.stop(), bob.close()]);
  });

  it("that came in stays muted", async () => {
    const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await phone.dial(`sip:alice@${domain}`);
    await alice.answer();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    await elapsed(1000);
    await alice.mute();

    assert.equal((await reload(alice)).muted, true);
    await hearsTone(alice.page, phoneHz, againHz);
    await elapsed(1500);
    await phone.hangup();
    assert.equal((await alice.ended()).by, "remote");
    const heard = await phone.heard();
    assertTone(heard, pageHz, phoneHz);
    assertNoTone(heard, againHz, pageHz);
    await Promise.all([leave(alice), phone.stop()]);
  });

  for (const [title, name, codec] of [
    ["Opus", "carol", "opus"],
    ["G.722", "carol", "G722"],
    ["SDES-SRTP", "sally", "PCMA"],
  ] as const)
    it(`with ${title} goes on, also when it is loaded twice`, async () => {
      const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf(name, codec)]);
      await alice.call({ user: `${name}@${domain}` });
      await phone.event("CALL_INCOMING");
      await phone.accept();
      await alice.state("connected");
      await hearsTone(alice.page, phoneHz, pageHz);
      await reload(alice);
      await reload(alice);
      await hearsTone(alice.page, phoneHz, againHz);
      await elapsed(1500);
      await alice.end();
      await phone.event("CALL_CLOSED");
      assertTone(last(await phone.heard(), 900), againHz, pageHz);
      await Promise.all([leave(alice), phone.stop()]);
    });

  it("that is on hold stays so, and is resumed", async () => {
    const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await phone.dial(`sip:alice@${domain}`);
    await alice.answer();
    await hearsTone(alice.page, phoneHz, pageHz);
    await phone.hold();
    await alice.held(true);

    await alice.page.addInitScript(toneMicrophoneScript(againHz));
    await alice.page.reload();
    await until("the call is back", async () => (await seen(alice).catch(() => undefined))?.state === "connected");
    await alice.watch();
    await alice.held(true);
    await phone.resume();
    await alice.held(false);
    await hearsTone(alice.page, phoneHz, againHz);
    // baresip records nothing after a hold: what it received has to do.
    const before = await received(phone);
    await until("the phone receives", async () => (await received(phone)) > before + 50);
    await alice.end();
    await phone.event("CALL_CLOSED");
    await Promise.all([leave(alice), phone.stop()]);
  });

  it("between two pages goes on when one of them is loaded again, and when both are", async () => {
    const [alice, bob] = await Promise.all([pageOf("alice", 600), pageOf("bob", 900)]);
    await alice.call({ user: `bob@${domain}` });
    await bob.answer();
    await Promise.all([hearsTone(alice.page, 900, 600), hearsTone(bob.page, 600, 900)]);
    await reload(bob);
    await Promise.all([hearsTone(alice.page, againHz, 600), hearsTone(bob.page, 600, againHz)]);
    await Promise.all([reload(alice), reload(bob)]);
    await Promise.all([hearsTone(alice.page, againHz, 600), hearsTone(bob.page, againHz, 600)]);
    await bob.end();
    assert.equal((await alice.ended()).by, "remote");
    await Promise.all([leave(alice), leave(bob)]);
  });

  it("that rings at the page rings again", async () => {
    const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await phone.dial(`sip:alice@${domain}`);
    await alice.state("offered");
    await alice.page.reload();
    await until("it rings again", async () => (await seen(alice).catch(() => undefined))?.state === "offered");
    await alice.watch();
    await alice.answer();
    await hearsTone(alice.page, phoneHz, pageHz);
    await phone.hangup();
    await alice.ended();
    await Promise.all([leave(alice), phone.stop()]);
  });

  it("ends when the page does not come back, and at once when its user hung up", async () => {
    const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await phone.dial(`sip:alice@${domain}`);
    await alice.answer();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    const left = Date.now();
    await alice.page.close();
    await phone.event("CALL_CLOSED", { withinMs: graceMs + 2_000 });
    const waited = Date.now() - left;
    assert.ok(waited > graceMs - 200 && waited < graceMs + 1_500, `${waited} ms`);
    assert.match(gateway.log(), /call ended .*cause=network-lost/);

    const again = await pageOf("alice");
    await phone.dial(`sip:alice@${domain}`);
    await again.answer();
    await again.state("connected");
    const ended = Date.now();
    await again.end();
    await again.page.close();
    await phone.event("CALL_CLOSED");
    assert.ok(Date.now() - ended < 1_500, `${Date.now() - ended} ms`);
    await phone.stop();
  });

  it("is not taken by a duplicate of its tab", async () => {
    const alice = await pageOf("alice");
    await alice.call({ tel: "601" });
    await alice.state("connected");
    await hearsTone(alice.page, 1000, phoneHz);
    const opened = alice.page.context().waitForEvent("page");
    await alice.page.evaluate(`void window.open(location.href, "_blank")`);
    const copy = new PhonePage(await opened);
    await until("the duplicate's session", async () => (await copy.session().catch(() => "")) === "connected");
    assert.equal(await seen(copy), undefined);
    assert.equal((await seen(alice))?.state, "connected");
    await copy.page.close();
    await hearsTone(alice.page, 1000, phoneHz);
    await alice.end();
    await alice.ended();
    await leave(alice);
  });
});

async function leave(phone: PhonePage<Page>): Promise<void> {
  await phone.signOut();
  await phone.page.close();
}

const last = ({ rate, samples }: Sound, ms: number): Sound => ({
  rate,
  samples: samples.slice(-Math.round((rate * ms) / 1000)),
});

/** Packets that came to a phone in its call, from whatever source. */
async function received(phone: Baresip): Promise<number> {
  const { data } = await phone.command("audio_debug");
  return [...data.matchAll(/rcvd=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

interface Contact {
  readonly target: { readonly user?: string };
  readonly status: string;
}

/** What somebody who watches was told of `name`, without repetitions. */
function statusesOf(watcher: FrameClient, name: string): readonly string[] {
  const told = watcher.frames.flatMap((frame) => {
    const { contacts = [], joined = [], changed = [] } = frame as Partial<Record<string, readonly Contact[]>>;
    return frame.type.startsWith("presence.") ? [...contacts, ...joined, ...changed] : [];
  });
  const statuses = told.flatMap(({ target, status }) => (target.user === `${name}@${domain}` ? [status] : []));
  return statuses.filter((status, index) => status !== statuses[index - 1]);
}
