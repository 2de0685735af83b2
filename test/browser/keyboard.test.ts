import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium } from "../support/chromium.ts";
import { PageSite, signInSimulated, stagedDay } from "../support/page-site.ts";
import { pageTools } from "../support/screens.ts";
import { until } from "../support/until.ts";

/** Keeps what each live region of the page said, in order. */
const listen = `window.said = [];
  const regions = [...document.querySelector("phone-app").renderRoot.querySelector("phone-announcer").renderRoot.querySelectorAll("p")];
  for (const region of regions) {
    const say = () => { const text = region.innerText.trim(); if (text) said.push(region.getAttribute("role") + ": " + text); };
    new MutationObserver(say).observe(region, { childList: true, characterData: true, subtree: true });
  }`;

/** What a person does who has no mouse, or no screen. */
describe("the page by keyboard and by ear", function () {
  this.timeout(60_000);
  let site: PageSite;
  let browser: Chromium;
  let page: Page;

  before(async () => {
    [site, browser] = await Promise.all([PageSite.open(), Chromium.launch()]);
  });

  after(async () => {
    await browser?.close();
    await site?.close();
  });

  beforeEach(async () => {
    const context = await browser.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      permissions: ["microphone"],
    });
    page = await context.newPage();
    await page.addInitScript(`${stagedDay}; localStorage.setItem("offhook.checked", "on")`);
    await page.goto(site.url);
    await page.evaluate(pageTools);
  });

  afterEach(() => page.context().close());

  const signIn = async (): Promise<void> => {
    await page.evaluate(signInSimulated);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await page.evaluate(listen);
  };
  const said = async (): Promise<string[]> => (await page.evaluate("said")) as string[];
  const state = (wanted: string): Promise<void> => page.locator(`[data-testid=call][data-state=${wanted}]`).waitFor();
  const muted = (): Promise<unknown> => page.evaluate("offhook.phone.stage.up()?.view().muted.audio");
  const focused = (): Promise<string> =>
    page.evaluate(`(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at === document.body ? "" : (at.getAttribute("aria-label") ?? at.innerText ?? at.localName).trim();
    })()`);
  /** Tab until something of that name has the focus. */
  async function tabTo(name: RegExp, key = "Tab"): Promise<void> {
    const seen: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press(key);
      const at = await focused();
      if (name.test(at)) return;
      seen.push(at);
    }
    assert.fail(`nothing called ${name} gets the focus: ${seen.join(" | ")}`);
  }

  it("goes from the door through the check to a call and out again without a mouse", async () => {
    await page.evaluate("offhook.phone.preferences.choose({ checked: false })");
    await tabTo(/^Alice Laurent/);
    // The development sign-in needs a gateway: from here on its simulation.
    await page.evaluate(signInSimulated);
    await tabTo(/^Next$/);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByTestId("network").getByText("Sound gets through").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await tabTo(/^Contacts$/);
    await page.keyboard.press("Enter");
    await tabTo(/^Call Bob Keller$/);
    await page.keyboard.press("Enter");
    await state("connected");
    await tabTo(/^Keypad$/);
    await page.keyboard.press("Enter");
    await page.keyboard.type("5#");
    assert.equal(await page.getByTestId("digits-sent").innerText(), "5#");
    await page.keyboard.press("Escape");
    await state("connected");
    await tabTo(/^End$/);
    await page.keyboard.press("Enter");
    await state("ended");
    await tabTo(/^Done$/);
    await page.keyboard.press("Enter");
    await page.locator("[data-testid=call]").waitFor({ state: "detached" });
    await tabTo(/./);
  });

  it("dials what is typed after a slash, mutes by M, talks while Space is held, ends by E", async () => {
    await signIn();
    await page.keyboard.press("/");
    await page.keyboard.type("600");
    await page.keyboard.press("Enter");
    await state("connected");
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("m");
    assert.equal(await muted(), true);
    await page.keyboard.down(" ");
    await until("the voice while Space is held", async () => (await muted()) === false);
    await page.keyboard.up(" ");
    await until("silence again", async () => (await muted()) === true);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Back to the call/ }).waitFor();
    await page.keyboard.press("e");
    await state("ended");
  });

  it("answers by A and declines by D; switched off, keys do nothing", async () => {
    await signIn();
    await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
    await page.getByTestId("incoming").waitFor();
    await page.keyboard.press("d");
    await page.getByTestId("incoming").waitFor({ state: "detached" });
    await page.evaluate("offhook.phone.preferences.choose({ shortcuts: false })");
    await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
    await page.getByTestId("incoming").waitFor();
    await page.keyboard.press("a");
    await page.keyboard.press("d");
    assert.equal(await page.getByTestId("incoming").count(), 1);
    await page.evaluate("offhook.phone.preferences.choose({ shortcuts: true })");
    await page.keyboard.press("a");
    await state("connected");
  });

  it("says an incoming call once and takes no focus from what is typed", async () => {
    await signIn();
    await page.keyboard.press("/");
    await page.keyboard.type("meter rea");
    await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
    await page.getByTestId("incoming").waitFor();
    await page.keyboard.type("ding dad");
    assert.equal(await page.getByRole("searchbox").inputValue(), "meter reading dad");
    assert.equal(await page.getByTestId("incoming").count(), 1, "what is typed is no shortcut");
    assert.deepEqual(await said(), ["alert: Bob Keller is calling you, bob@offhook.test"]);
  });

  it("says states and the reason of the end, never the time", async () => {
    await signIn();
    await page.evaluate(`void offhook.phone.stage.call({ user: "wait@offhook.test" })`);
    await state("ringing");
    await page.evaluate("far.answer()");
    await state("connected");
    await until("a running timer", async () => (await page.getByTestId("state").innerText()) >= "00:02");
    await page.evaluate("far.hold()");
    await until("the hold", async () => (await said()).length > 3);
    await page.evaluate("far.hold(false)");
    await until("the end of the hold", async () => (await said()).length > 4);
    await page.evaluate("far.end()");
    await state("ended");
    await until("the end", async () => (await said()).length > 5);
    const name = "Wanda Itani";
    assert.deepEqual(await said(), [
      `status: Calling, ${name}`,
      `status: Ringing, ${name}`,
      `status: Connected, ${name}`,
      `status: ${name} put you on hold`,
      `status: Connected, ${name}`,
      `status: ${name} hung up.`,
    ]);
  });

  it("is a tree of names and roles: the card of a call, the call itself", async () => {
    await signIn();
    await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
    const card = page.getByTestId("incoming");
    await card.waitFor();
    assert.equal(
      await card.ariaSnapshot(),
      [
        `- 'dialog "Incoming call: Bob Keller"':`,
        `  - heading "Bob Keller" [level=2]`,
        `  - paragraph: bob@offhook.test is calling you`,
        `  - button "Silence"`,
        `  - button "Decline"`,
        `  - button "Answer"`,
      ].join("\n"),
    );
    await card.getByRole("button", { name: "Answer" }).click();
    await state("connected");
    await page.getByRole("button", { name: "Mute", exact: true }).click();
    const tools = page.getByRole("toolbar", { name: "Call" });
    assert.match(await tools.ariaSnapshot(), /button "Mute" \[pressed\]/);
    const live = await page.evaluate(`(() => {
      const inside = [];
      const look = (root) => {
        for (const element of root.querySelectorAll("[role=status], [role=alert], [aria-live]"))
          if (/\\d\\d:\\d\\d/.test(element.textContent) || element.querySelector("phone-level-meter, phone-arcs")) inside.push(element.outerHTML);
        for (const element of root.querySelectorAll("*")) if (element.shadowRoot) look(element.shadowRoot);
      };
      look(document);
      return inside;
    })()`);
    assert.deepEqual(live, [], "no timer and no level in a live region");
  });
});
