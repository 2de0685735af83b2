import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Baresip } from "../support/baresip.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { only, type SipMessage } from "../support/sip-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";

/** How long the others may go on ringing, in milliseconds. */
const atOnce = 1000;
const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';
const pageHz = 1000;

/** All tabs and phones of a user ring; the first to answer wins, the others stop and know why. */
describe("ringing everywhere", function () {
  this.timeout(patience);
  let gateway: TestGateway;

  before(async () => {
    gateway = await TestGateway.start();
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  describe("two tabs and two softphones", () => {
    let alice: FrameClient;
    let tabs: [FrameClient, FrameClient];
    let phones: [RegisteredUa, RegisteredUa];

    before(async () => {
      const tab = () => FrameClient.signedIn(gateway, "bob");
      const phone = () => RegisteredUa.open(gateway, "bob");
      alice = await FrameClient.signedIn(gateway, "alice");
      tabs = [await tab(), await tab()];
      phones = [await phone(), await phone()];
    });

    after(async () => {
      for (const client of [alice, ...tabs]) await client.close();
      for (const phone of phones) await phone.close();
    });

    interface Ringing {
      readonly callId: string;
      readonly at: readonly [Received, Received];
      readonly invites: readonly [SipMessage, SipMessage];
    }

    /** alice calls bob; everything of his rings. */
    async function ring(): Promise<Ringing> {
      const callId = await alice.call({ user: `bob@${domain}` });
      const incoming = (tab: FrameClient) => tab.event("call.incoming");
      const at = [await incoming(tabs[0]), await incoming(tabs[1])] as const;
      const invite = async (phone: RegisteredUa): Promise<SipMessage> => {
        const request = await phone.ua.request("INVITE");
        phone.ua.reply(request, 180, "Ringing");
        return request;
      };
      const invites = [await invite(phones[0]), await invite(phones[1])] as const;
      await alice.event("call.ringing", callId);
      return { callId, at, invites };
    }

    /** The tab stops, told why, soon after `since`. */
    async function tabStops(tab: FrameClient, incoming: Received, since: number): Promise<void> {
      const ended = await tab.ended(String(incoming.callId));
      assert.equal(ended.reason, "answered-elsewhere");
      assert.ok(ended.at - since < atOnce, `${ended.at - since} ms`);
    }

    /** The phone is cancelled with the reason that keeps the call out of its list of missed ones (RFC 3326). */
    async function phoneStops(phone: RegisteredUa, invite: SipMessage, since: number): Promise<void> {
      const fits = (message: SipMessage): boolean =>
        message.status === 0 && message.method === "CANCEL" && only(message, "call-id") === only(invite, "call-id");
      const cancel = await phone.ua.next("CANCEL", fits);
      assert.equal(only(cancel, "reason"), elsewhere);
      assert.ok(cancel.at - since < atOnce, `${cancel.at - since} ms`);
      phone.ua.reply(invite, 487, "Request Terminated");
      await phone.ua.request("ACK");
    }

    const assertHungUp = (bye: SipMessage, since: number): void => {
      assert.match(only(bye, "reason"), /^SIP;cause=200;/);
      assert.ok(bye.at - since < atOnce, `${bye.at - since} ms`);
    };

    /** The phone's call, answered in vain, is ended. */
    async function hungUp(phone: RegisteredUa, since: number): Promise<void> {
      const bye = await phone.ua.request("BYE");
      assertHungUp(bye, since);
    }

    for (const [which, name] of [
      [0, "the first tab"],
      [1, "the second tab"],
    ] as const) {
      it(`${name} answers: the other one and both phones stop within a second`, async () => {
        const { callId, at, invites } = await ring();
        const since = Date.now();
        assert.equal((await tabs[which].answer(at[which])).type, "ok");
        await tabs[which].event("call.answered", callId);
        await alice.event("call.answered", callId);
        await Promise.all([
          tabStops(tabs[1 - which] ?? tabs[0], at[1 - which] ?? at[0], since),
          ...phones.map((phone, index) => phoneStops(phone, invites[index] ?? invites[0], since)),
        ]);
        await tabs[which].end(callId);
        assert.equal((await alice.ended(callId)).reason, "normal");
      });
    }

    for (const [which, name] of [
      [0, "the first phone"],
      [1, "the second phone"],
    ] as const) {
      it(`${name} answers: the other one and both tabs stop within a second`, async () => {
        const { callId, at, invites } = await ring();
        const since = Date.now();
        await phones[which].answerWithTone(invites[which], 440);
        await alice.event("call.answered", callId);
        await Promise.all([
          ...tabs.map((tab, index) => tabStops(tab, at[index] ?? at[0], since)),
          phoneStops(phones[1 - which] ?? phones[0], invites[1 - which] ?? invites[0], since),
        ]);
        await alice.end(callId);
        await phones[which].ua.request("BYE");
      });
    }

    it("the caller gives up: everything stops, and none was answered elsewhere", async () => {
      const { callId, at, invites } = await ring();
      await alice.end(callId);
      for (const [index, tab] of tabs.entries()) {
        const ended = await tab.ended(String(at[index]?.callId));
        assert.deepEqual([ended.reason, ended.by], ["cancelled", "remote"]);
      }
      for (const [index, phone] of phones.entries()) {
        const cancel = await phone.ua.request("CANCEL");
        assert.ok(!only(cancel, "reason").includes("cause=200"));
        phone.ua.reply(invites[index] ?? invites[0], 487, "Request Terminated");
        await phone.ua.request("ACK");
      }
    });

    it("one declines: the others go on ringing, the last to decline ends the call", async () => {
      const { callId, at, invites } = await ring();
      await tabs[0].request("call.reject", { callId: at[0].callId });
      phones[0].ua.reply(invites[0], 486, "Busy Here");
      await phones[0].ua.request("ACK");
      await tabs[1].request("call.reject", { callId: at[1].callId, reason: "declined" });
      assert.ok(!alice.frames.some((frame) => frame.type === "call.ended" && frame.callId === callId));
      phones[1].ua.reply(invites[1], 603, "Decline");
      await phones[1].ua.request("ACK");
      assert.equal((await alice.ended(callId)).type, "call.ended");
    });

    it("two tabs answer at once: one gets the call, the other is told", async () => {
      for (let turn = 0; turn < 5; turn++) {
        const { callId, at, invites } = await ring();
        const since = Date.now();
        const order = turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
        await Promise.all(order.map((index) => tabs[index].answer(at[index])));
        const [winner, loser] = order;
        await tabs[winner].event("call.answered", callId);
        await tabStops(tabs[loser], at[loser], since);
        for (const [index, phone] of phones.entries()) await phoneStops(phone, invites[index] ?? invites[0], since);
        assert.equal(
          tabs[loser].frames.filter(({ type, callId: id }) => type === "call.answered" && id === callId).length,
          0,
        );
        await tabs[winner].end(callId);
        await alice.ended(callId);
      }
    });

    it("two phones answer at once: one talks, the other is acknowledged and hung up", async () => {
      const { callId, at, invites } = await ring();
      const since = Date.now();
      const bodies = await Promise.all(
        phones.map(async (phone, index) =>
          (await phone.sound({ tone: 440 })).answer((invites[index] ?? invites[0]).body),
        ),
      );
      phones.forEach((phone, index) =>
        phone.ua.reply(invites[index] ?? invites[0], 200, "OK", { body: bodies[index] ?? "" }),
      );
      for (const phone of phones) await phone.ua.request("ACK");
      // The CANCEL may have crossed the 200; the BYE is what counts.
      const byes = phones.map((phone) => phone.ua.request("BYE"));
      const bye = await Promise.race(byes);
      assertHungUp(bye, since);
      for (const [index, tab] of tabs.entries()) await tabStops(tab, at[index] ?? at[0], since);
      await alice.event("call.answered", callId);
      await alice.end(callId);
      await Promise.all(byes);
    });

    it("a tab and a phone answer at once: one talks, the other is released", async () => {
      for (let turn = 0; turn < 4; turn++) {
        const { callId, at, invites } = await ring();
        const body = (await phones[0].sound({ tone: 440 })).answer(invites[0].body);
        const since = Date.now();
        phones[0].ua.reply(invites[0], 200, "OK", { body });
        await tabs[0].answer(at[0]);
        await alice.event("call.answered", callId);
        await phones[0].ua.request("ACK");
        const told = await tabs[0].next(
          "who won",
          ({ type, callId: id }) => id === callId && /answered|ended/.test(type),
        );
        const phoneWon = told.type === "call.ended";
        if (phoneWon) assert.equal(told.reason, "answered-elsewhere");
        else await hungUp(phones[0], since);
        await tabStops(tabs[1], at[1], since);
        await phoneStops(phones[1], invites[1], since);
        await alice.end(callId);
        if (phoneWon) await phones[0].ua.request("BYE");
        else await tabs[0].ended(callId);
      }
    });

    it("a phone's 200 crosses our CANCEL, because a tab was first: acknowledged and hung up (RFC 3261 9.1)", async () => {
      const { callId, at, invites } = await ring();
      const body = (await phones[0].sound({ tone: 440 })).answer(invites[0].body);
      const since = Date.now();
      await tabs[0].answer(at[0]);
      phones[0].ua.reply(invites[0], 200, "OK", { body });
      await phones[0].ua.request("ACK");
      await hungUp(phones[0], since);
      await tabs[0].event("call.answered", callId);
      await tabStops(tabs[1], at[1], since);
      await phoneStops(phones[1], invites[1], since);
      await tabs[0].end(callId);
      await alice.ended(callId);
    });

    it("a tab answers what a phone has answered already: refused", async () => {
      const { callId, at, invites } = await ring();
      const since = Date.now();
      await phones[0].answerWithTone(invites[0], 440);
      await alice.event("call.answered", callId);
      const late = await tabs[0].answer(at[0]);
      assert.deepEqual([late.type, late.code], ["refused", "unknown-call"]);
      for (const [index, tab] of tabs.entries()) await tabStops(tab, at[index] ?? at[0], since);
      await phoneStops(phones[1], invites[1], since);
      await alice.end(callId);
      await phones[0].ua.request("BYE");
    });

    it("a tab that opens while it rings, and one that closes, change nothing for the others", async () => {
      const { callId, at, invites } = await ring();
      const late = await FrameClient.signedIn(gateway, "bob");
      await late.close();
      const since = Date.now();
      await tabs[1].answer(at[1]);
      await tabs[1].event("call.answered", callId);
      await tabStops(tabs[0], at[0], since);
      for (const [index, phone] of phones.entries()) await phoneStops(phone, invites[index] ?? invites[0], since);
      await alice.end(callId);
      await tabs[1].ended(callId);
    });

    it("a softphone calls: the tabs and the other phones ring, and its own 200 comes once", async () => {
      const carol = await RegisteredUa.open(gateway, "carol");
      const dialog = await carol.invite(`bob@${domain}`, { body: phoneOffer() });
      const incoming = [await tabs[0].event("call.incoming"), await tabs[1].event("call.incoming")] as const;
      const invites: SipMessage[] = [];
      for (const phone of phones) {
        const invite = await phone.ua.request("INVITE");
        phone.ua.reply(invite, 180, "Ringing");
        invites.push(invite);
      }
      const since = Date.now();
      await tabs[0].answer(incoming[0]);
      assert.equal((await carol.answered(dialog)).status, 200);
      carol.ack(dialog);
      await tabStops(tabs[1], incoming[1], since);
      for (const [index, phone] of phones.entries()) await phoneStops(phone, invites[index] as SipMessage, since);
      carol.ua.send(dialog, "BYE");
      await tabs[0].ended(String(incoming[0].callId));
      assert.equal((await carol.ua.final(dialog, "BYE")).status, 200);
      await carol.close();
    });
  });

  describe("two real tabs and a real softphone", () => {
    let browser: Chromium;
    let alice: PhonePage<Page>;
    let bobs: [PhonePage<Page>, PhonePage<Page>];
    let phone: Baresip;

    before(async () => {
      browser = await Chromium.launch({ toneHz: pageHz });
      const page = async (name: string, toneHz?: number) =>
        PhonePage.open(await browser.page(toneHz === undefined ? {} : { toneHz }), gateway, name);
      alice = await page("alice", 600);
      bobs = [await page("bob"), await page("bob")];
      phone = await Baresip.start({ user: "bob", toneHz: 440, registrar: gateway.registrar("bob") });
      await phone.registered();
    });

    after(async () => {
      await browser?.close();
      await phone?.stop();
    });

    async function ringAll(): Promise<void> {
      await alice.call({ user: `bob@${domain}` });
      await Promise.all([bobs[0].state("offered"), bobs[1].state("offered"), phone.event("CALL_INCOMING")]);
    }

    it("a tab answers", async () => {
      await ringAll();
      await bobs[1].answer();
      assert.equal((await bobs[0].ended(atOnce)).reason, "answered-elsewhere");
      await phone.event("CALL_CLOSED", { withinMs: atOnce });
      await hearsTone(alice.page, pageHz, 600);
      await alice.end();
      assert.equal((await bobs[1].ended()).reason, "normal");
    });

    it("the softphone answers", async () => {
      await ringAll();
      await phone.accept();
      for (const bob of bobs) {
        assert.equal((await bob.ended(atOnce)).reason, "answered-elsewhere");
        await bob.page
          .getByText(/on another device/)
          .first()
          .waitFor({ timeout: 3000 });
      }
      await hearsTone(alice.page, 440, 600);
      await alice.end();
      await phone.event("CALL_CLOSED");
    });
  });
});
