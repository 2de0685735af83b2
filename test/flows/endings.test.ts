import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { domain, patience, t1, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { only, type SipDialog } from "../support/sip-ua.ts";
import { elapsed } from "../support/until.ts";

const pageHz = 1000;

/** Each way in which a call can end: both legs are told, the page says why, nothing stays behind. */
describe("endings", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let browser: Chromium;
  let alice: PhonePage<Page>;
  let carol: RegisteredUa;

  before(async () => {
    [gateway, browser] = await Promise.all([
      TestGateway.start({ env: { GATEWAY_CALL_RING_TIMEOUT: "2500" } }),
      Chromium.launch({ toneHz: pageHz }),
    ]);
    alice = await PhonePage.open(await browser.page(), gateway, "alice");
  });

  beforeEach(async () => {
    carol = await RegisteredUa.open(gateway, "carol");
  });

  afterEach(async () => {
    await carol.close();
  });

  after(async () => {
    await alice?.page.close();
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  /** The page shows this line. */
  const shows = (text: RegExp): Promise<void> => alice.page.getByText(text).first().waitFor({ timeout: 3000 });

  async function talkFromPage(): Promise<SipDialog> {
    await alice.call({ user: `carol@${domain}` });
    const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
    await alice.state("connected");
    return dialog;
  }

  async function talkFromPhone(): Promise<SipDialog> {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.answer();
    assert.equal((await carol.answered(dialog)).status, 200);
    carol.ack(dialog);
    await alice.state("connected");
    return dialog;
  }

  const refusals = [
    { status: 486, reason: "busy", says: /Carol is on another call/ },
    { status: 600, reason: "busy", says: /Carol is on another call/ },
    { status: 603, reason: "declined", says: /Carol declined the call/ },
    { status: 404, reason: "not-found", says: /Nobody has the address Carol/ },
    { status: 480, reason: "unavailable", says: /Carol cannot be reached now/ },
    { status: 488, reason: "media-failed", says: /No sound got through/ },
    { status: 607, reason: "blocked-number", says: /Carol is blocked/ },
  ] as const;

  for (const { status, reason, says } of refusals) {
    it(`${status} of the phone is ${reason} on the page`, async () => {
      await alice.call({ user: `carol@${domain}` });
      carol.ua.reply(await carol.ua.request("INVITE"), status, "No");
      const end = await alice.ended();
      assert.deepEqual([end.reason, end.sip, end.by], [reason, status, "remote"]);
      await carol.ua.request("ACK");
      await shows(says);
    });
  }

  it("a Q.850 cause says more than the status that it came with (RFC 3326)", async () => {
    await alice.call({ user: `carol@${domain}` });
    carol.ua.reply(await carol.ua.request("INVITE"), 480, "No", {
      headers: ['Reason: Q.850;cause=17;text="User busy"'],
    });
    const end = await alice.ended();
    assert.deepEqual([end.reason, end.sip, end.q850], ["busy", 480, 17]);
  });

  it("the page declines: the phone hears 603", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.reject("declined");
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 603);
    await alice.ended();
  });

  it("the page is busy: the phone hears 486", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.reject("busy");
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 486);
  });

  it("nobody answers the page: the phone is cancelled", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 180, "Ringing");
    await alice.state("ringing");
    const cancel = await carol.ua.request("CANCEL");
    carol.ua.reply(invite, 487, "Request Terminated");
    assert.equal((await alice.ended()).reason, "no-answer");
    assert.match(only(cancel, "reason"), /no-answer/);
    await shows(/Carol did not answer/);
  });

  it("nobody answers the phone: it hears 480, the page stops ringing", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 480);
    assert.equal((await alice.ended()).reason, "no-answer");
  });

  it("a user whom nobody knows, for page and phone", async () => {
    await alice.call({ user: `nobody@${domain}` });
    assert.equal((await alice.ended()).reason, "not-found");
    const dialog = await carol.invite(`nobody@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 404);
  });

  it("a user who is nowhere, for page and phone", async () => {
    await alice.call({ user: `erin@${domain}` });
    assert.equal((await alice.ended()).reason, "unavailable");
    const dialog = await carol.invite(`erin@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 480);
  });

  it("the page cancels before the phone has rung", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    await alice.end();
    assert.equal((await alice.ended()).by, "local");
    await elapsed(200);
    // RFC 3261 9.1: the CANCEL waits for a provisional response.
    assert.ok(!carol.ua.messages.some(({ method }) => method === "CANCEL"));
    carol.ua.reply(invite, 180, "Ringing");
    await carol.ua.request("CANCEL");
    carol.ua.reply(invite, 487, "Request Terminated");
    await carol.ua.request("ACK");
  });

  it("the page cancels while the phone rings", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 180, "Ringing");
    await alice.state("ringing");
    await alice.end();
    await carol.ua.request("CANCEL");
    carol.ua.reply(invite, 487, "Request Terminated");
    await carol.ua.request("ACK");
  });

  it("the phone cancels while the page rings", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.state("offered");
    carol.cancel(dialog);
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 487);
    const end = await alice.ended();
    assert.deepEqual([end.reason, end.by], ["cancelled", "remote"]);
    await shows(/Carol stopped calling/);
  });

  it("the phone cancels at once", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    carol.cancel(dialog);
    assert.equal((await carol.ua.final(dialog, "INVITE")).status, 487);
  });

  it("the page's CANCEL crosses the phone's 200: acknowledged and released", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 180, "Ringing");
    await alice.state("ringing");
    await alice.end();
    await carol.ua.request("CANCEL");
    const body = (await carol.sound({ tone: 440 })).answer(invite.body);
    carol.ua.reply(invite, 200, "OK", { body });
    await carol.ua.request("ACK");
    await carol.ua.request("BYE");
  });

  it("the phone's CANCEL crosses the page's answer: no effect, the phone hangs up (RFC 3261 9.2)", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.answer();
    const final = await carol.answered(dialog);
    carol.cancel(dialog);
    assert.equal(final.status, 200);
    carol.ack(dialog);
    carol.ua.send(dialog, "BYE");
    const bye = await carol.ua.final(dialog, "BYE");
    assert.ok(bye.status === 200 || bye.status === 481, bye.line);
    assert.equal((await alice.ended()).by, "remote");
  });

  for (const who of ["page", "phone"] as const) {
    it(`BYE of the phone, in a call that the ${who} started`, async () => {
      const dialog = await (who === "page" ? talkFromPage() : talkFromPhone());
      carol.ua.send(dialog, "BYE");
      assert.equal((await carol.ua.final(dialog, "BYE")).status, 200);
      const end = await alice.ended();
      assert.deepEqual([end.reason, end.by], ["normal", "remote"]);
      await shows(/Carol hung up/);
    });

    it(`hang-up of the page, in a call that the ${who} started`, async () => {
      await (who === "page" ? talkFromPage() : talkFromPhone());
      await alice.end();
      await carol.ua.request("BYE");
      assert.equal((await alice.ended()).by, "local");
    });
  }

  it("BYE crosses BYE: both are answered", async () => {
    const dialog = await talkFromPage();
    carol.ua.autoOk.delete("BYE");
    await alice.end();
    const bye = await carol.ua.request("BYE");
    carol.ua.send(dialog, "BYE");
    const answer = await carol.ua.final(dialog, "BYE");
    assert.ok(answer.status === 200 || answer.status === 481, answer.line);
    carol.ua.reply(bye, 200, "OK");
    await alice.ended();
  });

  it("a phone that requires what we lack is told so, and nothing rings", async () => {
    const offer = (await carol.sound({ tone: 440 })).offer();
    const dialog = await carol.invite(`alice@${domain}`, { body: offer, headers: ["Require: precondition"] });
    const answer = await carol.answered(dialog);
    assert.deepEqual([answer.status, only(answer, "unsupported")], [420, "precondition"]);
  });

  it("a phone that never sends ACK is hung up after 64·T1", async () => {
    const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
    await alice.answer();
    const first = await carol.answered(dialog);
    const bye = await carol.ua.request("BYE", 64 * t1 + 3000);
    assert.match(only(bye, "reason"), /ACK timeout/);
    assert.ok(bye.at - first.at >= 60 * t1 && bye.at - first.at < 64 * t1 + 1300, `${bye.at - first.at} ms`);
    const end = await alice.ended();
    assert.deepEqual([end.reason, end.by], ["network-lost", "remote"]);
    assert.ok(
      carol.ua.messages.filter(({ status, method }) => status === 200 && method === "INVITE").length > 3,
      "200 repeated",
    );
  });

  it("a phone that vanishes, without RTP and BYE, ends the call when media.timeout is over", async () => {
    await talkFromPage();
    await hearsTone(alice.page, 440, pageHz);
    await carol.vanish();
    const end = await alice.ended(9000);
    assert.deepEqual([end.reason, end.by], ["media-failed", "system"]);
    await shows(/No sound got through/);
    carol = await RegisteredUa.open(gateway, "carol");
    // The binding of the phone that is gone, too.
    await carol.unregisterAll();
  });

  it("a closed tab ends a call that rings and one that talks", async () => {
    const bob = await PhonePage.open(await browser.page(), gateway, "bob");
    await bob.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 180, "Ringing");
    await bob.state("ringing");
    await bob.page.close();
    await carol.ua.request("CANCEL");
    carol.ua.reply(invite, 487, "Request Terminated");

    const again = await PhonePage.open(await browser.page(), gateway, "bob");
    await again.call({ user: `carol@${domain}` });
    await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
    await again.state("connected");
    await again.page.close();
    await carol.ua.request("BYE");
  });

  it("control: with the media cut the tone is not heard", async () => {
    const dialog = await talkFromPage();
    await hearsTone(alice.page, 440, pageHz);
    for (const session of carol.sounds) session.close();
    await elapsed(1000);
    await assert.rejects(hearsTone(alice.page, 440, pageHz, 1000));
    carol.ua.send(dialog, "BYE");
    await alice.ended();
  });
});
