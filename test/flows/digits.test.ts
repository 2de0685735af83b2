import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Baresip } from "../support/baresip.ts";
import { Chromium } from "../support/chromium.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { until } from "../support/until.ts";

describe("digits (DTMF)", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let browser: Chromium;
  let alice: PhonePage<Page>;

  before(async () => {
    [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch()]);
    alice = await PhonePage.open(await browser.page(), gateway, "alice");
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const shownDigits = (page: PhonePage<Page>, digits: string): Promise<unknown> =>
    until(`digits ${digits} on the page`, async () => (await page.current())?.digits === digits, 6000);

  it("of the page reach the softphone as RFC 4733 events, and the softphone's show on the page", async () => {
    const carol = await Baresip.start({ user: "carol", toneHz: 440, registrar: gateway.registrar("carol") });
    await carol.registered();
    await alice.call({ user: `carol@${domain}` });
    await carol.event("CALL_INCOMING");
    await carol.accept();
    await alice.state("connected");
    await alice.digits("15#");
    for (const param of ["1", "5", "#"]) await carol.event("CALL_DTMF_START", { param });
    await carol.digit("7");
    await carol.digit("*");
    await shownDigits(alice, "7*");
    await alice.page.getByText("They pressed 7*").waitFor({ timeout: 3000 });
    await alice.end();
    await carol.event("CALL_CLOSED");
    await carol.stop();
  });

  it("of one page show on the other", async () => {
    const bob = await PhonePage.open(await browser.page(), gateway, "bob");
    await alice.call({ user: `bob@${domain}` });
    await bob.answer();
    await alice.state("connected");
    await alice.digits("3,4");
    await shownDigits(bob, "34");
    await bob.digits("9");
    await shownDigits(alice, "9");
    await bob.end();
    await alice.ended();
    await bob.page.close();
  });

  it("in SIP INFO are taken too", async () => {
    const carol = await RegisteredUa.open(gateway, "carol");
    await alice.call({ user: `carol@${domain}` });
    const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
    await alice.state("connected");
    carol.ua.send(dialog, "INFO", { contentType: "application/dtmf-relay", body: "Signal=8\r\nDuration=160\r\n" });
    assert.equal((await carol.ua.final(dialog, "INFO")).status, 200);
    await shownDigits(alice, "8");
    await alice.end();
    await carol.ua.request("BYE");
    await carol.close();
  });
});
