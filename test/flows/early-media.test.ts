import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { only } from "../support/sip-ua.ts";

const pageHz = 1000;

describe("early media, reliable responses, late offers, forks, redirection", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let browser: Chromium;
  let alice: PhonePage<Page>;
  let carol: RegisteredUa;

  before(async () => {
    [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch({ toneHz: pageHz })]);
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

  it("lets the caller hear what the network plays before the answer", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    const dialog = carol.ua.dialogOf(invite);
    const body = (await carol.sound({ tone: 440 })).answer(invite.body);
    carol.ua.reply(invite, 183, "Session Progress", { body, tag: dialog.localTag });
    carol.ua.reply(invite, 180, "Ringing", { tag: dialog.localTag });
    await hearsTone(alice.page, 440, pageHz);
    const early = await alice.current();
    assert.deepEqual([early?.state, early?.earlyMedia], ["ringing", true]);

    carol.ua.reply(invite, 200, "OK", { body, tag: dialog.localTag });
    await carol.ua.request("ACK");
    await alice.state("connected");
    await hearsTone(alice.page, 440, pageHz);
    carol.ua.send(dialog, "BYE");
    assert.equal((await alice.ended()).reason, "normal");
  });

  it("acknowledges reliable provisional responses (RFC 3262)", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    assert.match(only(invite, "supported"), /100rel/);
    const dialog = carol.ua.dialogOf(invite);
    const body = (await carol.sound({ tone: 440 })).answer(invite.body);
    carol.ua.reply(invite, 183, "Session Progress", {
      body,
      tag: dialog.localTag,
      headers: ["Require: 100rel", "RSeq: 7301"],
    });
    const prack = await carol.ua.request("PRACK");
    assert.equal(only(prack, "rack"), `7301 ${only(invite, "cseq")}`);
    await hearsTone(alice.page, 440, pageHz);
    carol.ua.reply(invite, 200, "OK", { tag: dialog.localTag });
    await carol.ua.request("ACK");
    await alice.state("connected");
    await hearsTone(alice.page, 440, pageHz);
    await alice.end();
    await carol.ua.request("BYE");
  });

  it("makes its provisional responses reliable for a peer that requires it", async () => {
    const sdp = (await carol.sound({ tone: 440 })).offer();
    const dialog = await carol.invite(`alice@${domain}`, {
      body: sdp,
      headers: ["Require: 100rel", "Supported: 100rel"],
    });
    const ringing = await carol.ua.next(
      "a reliable 180",
      (message) => message.status === 180 && only(message, "call-id") === dialog.callId,
    );
    assert.match(only(ringing, "require"), /100rel/);
    const early = { ...dialog, remoteTag: /tag=([^;>\s]+)/.exec(only(ringing, "to"))?.[1] ?? "" };
    const target = /<([^>]+)>/.exec(only(ringing, "contact"))?.[1];
    if (target) early.target = target;
    carol.ua.send(early, "PRACK", { headers: [`RAck: ${only(ringing, "rseq")} ${dialog.cseq} INVITE`] });
    assert.equal((await carol.ua.final(dialog, "PRACK")).status, 200);
    await alice.answer();
    const final = await carol.answered(dialog);
    assert.equal(final.status, 200);
    carol.ack(dialog);
    await alice.state("connected");
    await alice.end();
    await carol.ua.request("BYE");
  });

  it("takes a call without an offer and offers in its answer (late offer)", async () => {
    const dialog = await carol.invite(`alice@${domain}`);
    await alice.answer();
    const final = await carol.answered(dialog);
    assert.equal(final.status, 200);
    assert.match(final.body, /^m=audio \d+ RTP\/AVP/m);
    carol.ack(dialog, { body: (await carol.sound({ tone: 440 })).answer(final.body) });
    await alice.state("connected");
    await hearsTone(alice.page, 440, pageHz);
    carol.ua.send(dialog, "BYE");
    assert.equal((await alice.ended()).by, "remote");
  });

  it("offers anew when the phone asks for an offer in the call (RFC 3261 14.2)", async () => {
    await alice.call({ user: `carol@${domain}` });
    const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
    await alice.state("connected");
    await hearsTone(alice.page, 440, pageHz);
    carol.ua.send(dialog, "INVITE");
    const offer = await carol.answered(dialog);
    assert.equal(offer.status, 200);
    for (const session of carol.sounds) session.close();
    carol.ack(dialog, { body: (await carol.sound({ tone: 700 })).answer(offer.body) });
    await hearsTone(alice.page, 700, pageHz);
    carol.ua.send(dialog, "BYE");
    await alice.ended();
  });

  it("follows the fork that answers, whatever others played before", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    const [one, two] = [await carol.sound({ tone: 440 }), await carol.sound({ tone: 700 })];
    carol.ua.reply(invite, 183, "Session Progress", { body: one.answer(invite.body), tag: "fork-one" });
    await hearsTone(alice.page, 440, pageHz);
    const body = two.answer(invite.body);
    carol.ua.reply(invite, 183, "Session Progress", { body, tag: "fork-two" });
    one.close();
    await hearsTone(alice.page, 700, pageHz);
    carol.ua.reply(invite, 200, "OK", { body, tag: "fork-two" });
    const ack = await carol.ua.request("ACK");
    assert.match(only(ack, "to"), /tag=fork-two/);
    await alice.state("connected");
    await hearsTone(alice.page, 700, pageHz);
    await alice.end();
    assert.match(only(await carol.ua.request("BYE"), "to"), /tag=fork-two/);
  });

  it("follows a registered phone's redirection to somebody whom its owner may call", async () => {
    const dave = await RegisteredUa.open(gateway, "dave");
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 302, "Moved Temporarily", { headers: [`Contact: <sip:dave@${domain}>`] });
    const redirected = await dave.ua.request("INVITE");
    const dialog = await dave.answerWithTone(redirected, 700);
    await alice.state("connected");
    await hearsTone(alice.page, 700, pageHz);
    dave.ua.send(dialog, "BYE");
    await alice.ended();
    await dave.close();
  });

  it("tells the caller of a redirection to an address that the owner may not call", async () => {
    await alice.call({ user: `carol@${domain}` });
    const invite = await carol.ua.request("INVITE");
    carol.ua.reply(invite, 302, "Moved Temporarily", { headers: ["Contact: <sip:eve@elsewhere.example>"] });
    const end = await alice.ended();
    assert.deepEqual([end.reason, end.sip, end.by], ["unavailable", 302, "remote"]);
  });

  it("gives up after three redirections", async () => {
    const dave = await RegisteredUa.open(gateway, "dave");
    await alice.call({ user: `carol@${domain}` });
    for (const [from, to] of [
      [carol, "dave"],
      [dave, "carol"],
      [carol, "dave"],
      [dave, "carol"],
    ] as const) {
      const invite = await from.ua.request("INVITE");
      from.ua.reply(invite, 302, "Moved Temporarily", { headers: [`Contact: <sip:${to}@${domain}>`] });
    }
    assert.deepEqual(
      [
        (await alice.ended()).reason,
        carol.ua.messages.filter(({ method, status }) => method === "INVITE" && status === 0).length,
      ],
      ["unavailable", 2],
    );
    await dave.close();
  });
});
