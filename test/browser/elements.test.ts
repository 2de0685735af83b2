import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { Chromium } from "../support/chromium.ts";
import { serveSite } from "../support/other-site.ts";
import { until } from "../support/until.ts";

/** Nothing inline, no style sheet at all: what the strictest of pages allows. */
const policy = "default-src 'none'; script-src 'self'";

const script = `
import { Simulation } from "/simulate.js";
import { connect } from "/client.js";
import "/elements.js";
window.heard = [];
for (const name of ["state", "incoming", "ended", "digits", "problem"])
  addEventListener(name, ({ type, detail }) => heard.push([type, detail?.state ?? detail?.reason ?? detail?.code ?? detail]));
window.simulate = (options) => (window.simulation = new Simulation(options));
window.put = (html) => (document.body.innerHTML = html, document.body.lastElementChild);
window.connect = connect;
window.ready = true;
`;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The elements on a page with a strict policy, and a simulated gateway behind them. */
describe("the elements", function () {
  this.timeout(40_000);
  let browser: Chromium;
  let page: Page;
  const complaints: string[] = [];

  before(async () => (browser = await Chromium.launch()));
  after(() => browser?.close());

  async function open(language = "en"): Promise<void> {
    page = await browser.page();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (fault) => complaints.push(fault.message));
    const body = `<!doctype html><html lang="${language}"><meta name="color-scheme" content="light dark"><title>Shop</title>
      <script type="module" src="/page.js"></script><body><main></main>`;
    await serveSite(page, {
      "/": { body, headers: { "content-security-policy": policy } },
      "/page.js": { body: script },
    });
    await page.goto("http://localhost/");
    await page.waitForFunction("window.ready");
  }

  afterEach(() => page?.context().close());

  const button = (name: string | RegExp) =>
    page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const heard = (): Promise<[string, string][]> => page.evaluate("heard");

  /** A call button whose gateway is simulated. */
  const putButton = (attributes: string, options = "{}"): Promise<void> =>
    page.evaluate(`{ const element = put('<offhook-button ${attributes}></offhook-button>');
      element.options = { platform: simulate(${options}) }; }`);

  const putPhone = (options = "{}"): Promise<void> =>
    page.evaluate(`{ const element = put('<offhook-phone silent></offhook-phone>');
      element.options = { platform: simulate(${options}) }; }`);

  async function assertAccessible(): Promise<void> {
    const { violations } = (await page.evaluate(`(() => { ${axe}; })(); axe.run(document.body, {
      rules: { region: { enabled: false }, "page-has-heading-one": { enabled: false } } })`)) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
      [],
    );
  }

  it("calls by a click, tells how it goes, sends keys, and ends", async () => {
    await open();
    await putButton('to="user:bob@simulated.test" label="Talk to us"');
    await button("Talk to us").click();
    await shows("Connected");
    await button("Mute").click();
    assert.equal(await button("Mute").getAttribute("aria-pressed"), "true");
    await button("Keypad").click();
    await button("5").click();
    await page.keyboard.press("#");
    await assertAccessible();
    await button("End call").click();
    await button("Call again").waitFor();
    await shows("The call has ended.");
    const facts = await heard();
    assert.deepEqual(
      facts.filter(([type]) => type === "digits").map(([, key]) => key),
      ["5", "#"],
    );
    assert.deepEqual(
      [...new Set(facts.filter(([type]) => type === "state").map(([, state]) => state))],
      ["dialing", "ringing", "connected", "ended"],
    );
    assert.deepEqual(facts.at(-1), ["ended", "normal"]);
  });

  it("says why there was no call, in the page's language", async () => {
    await open("fr");
    await putButton('to="user:busy@simulated.test"');
    await button("Nous appeler").click();
    await shows(/La ligne est occupée/);
    await shows(/SIM001/);
    await assertAccessible();
  });

  for (const microphone of ["denied", "missing", "busy"]) {
    it(`offers to call the visitor's telephone when the microphone is ${microphone}`, async () => {
      await open();
      await putButton('to="user:bob@simulated.test"', `{ microphone: "${microphone}" }`);
      await button("Call us").click();
      await page.getByLabel("Your telephone number").fill("+33 6 12 34 56 78");
      await assertAccessible();
      await button("Call me").click();
      await shows("Connected");
      assert.equal(await button("Mute").count(), 0);
      await button("End call").click();
      await shows("The call has ended.");
    });
  }

  it("offers it without a call first where the browser cannot make any", async () => {
    await open();
    await page.evaluate("delete window.RTCPeerConnection");
    await putButton('to="user:wait@simulated.test"');
    await button("Call us").click();
    await shows(/This browser has no microphone for calls/);
    await page.getByLabel("Your telephone number").fill("+33 6 12 34 56 78");
    await page.evaluate("simulation.on('call', (call) => (window.far = call))");
    await page.keyboard.press("Enter");
    await shows("Your telephone rings: pick it up.");
    await page.evaluate("far.over('system', 'no-answer')");
    await shows("Your telephone could not be reached. Check the number.");
    await button("Call again").click();
    await button("Call me").click();
    await shows("Your telephone rings: pick it up.");
    await page.evaluate("put('')");
    await until("the call is let go", () => page.evaluate("far.state === 'ended'"));
  });

  it("is a telephone: who is there, dialling by keys, words of the address", async () => {
    await open();
    await putPhone('{ name: "Ann" }');
    await shows("Ann");
    await button("Bob").click();
    await shows("Connected");
    await button("End call").click();
    await page.getByLabel("Number, name or address").fill("");
    for (const key of ["6", "0", "0"]) await button(key).click();
    assert.equal(await page.getByLabel("Number, name or address").inputValue(), "600");
    await assertAccessible();
    await button("Call").click();
    await shows("Connected");
    assert.deepEqual(
      await page.evaluate("simulation && document.querySelector('offhook-phone').last.view().peer.target"),
      {
        tel: "600",
      },
    );
  });

  it("rings, and takes no focus from what is being typed; answers and declines", async () => {
    await open();
    await putPhone();
    await page.getByLabel("Number, name or address").click();
    await page.keyboard.type("al");
    await page.evaluate(`window.far = simulation.callIn({ from: { tel: "+33612345678" }, name: "Zoé" })`);
    await page.getByRole("group", { name: "Incoming call" }).waitFor();
    await page.keyboard.type("ice");
    assert.equal(await page.getByLabel("Number, name or address").inputValue(), "alice");
    await assertAccessible();
    await button("Answer").click();
    await shows("Connected");
    await page.evaluate(`far.end()`);
    await shows("They hung up.");
    await page.evaluate(`window.far = simulation.callIn({ from: { user: "bob@simulated.test" } })`);
    await button("Decline").click();
    await until("the decline", () => page.evaluate(`far.state === "ended"`));
    assert.equal((await heard()).filter(([type]) => type === "incoming").length, 2);
  });

  it("chooses devices", async () => {
    await open();
    await putPhone();
    await page.getByText("Sound").click();
    await page.getByLabel("Microphone").selectOption({ label: "Another simulated microphone" });
    await until("the choice", () =>
      page.evaluate(
        `document.querySelector("offhook-phone").session.devices.view().chosen.microphone === "microphone-2"`,
      ),
    );
    await assertAccessible();
  });

  it("takes its colours from the page's properties, and light or dark from the page's scheme", async () => {
    await open();
    await putButton('to="user:bob@simulated.test"');
    const colour = (): Promise<string> =>
      page.evaluate(
        `getComputedStyle(document.querySelector("offhook-button").shadowRoot.querySelector("button")).backgroundColor`,
      );
    assert.equal(await colour(), "rgb(0, 119, 66)");
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await colour(), "rgb(56, 208, 128)");
    await page.evaluate(`document.querySelector("offhook-button").style.setProperty("--off-go", "rgb(1, 2, 3)")`);
    assert.equal(await colour(), "rgb(1, 2, 3)");
  });

  it("puts nothing into the page around it", async () => {
    await open();
    const globals = (): Promise<string[]> => page.evaluate("Object.getOwnPropertyNames(window)");
    const before = await globals();
    await putButton('to="user:bob@simulated.test"');
    assert.deepEqual(
      await page.evaluate("[document.head.querySelectorAll('style').length, document.adoptedStyleSheets.length]"),
      [0, 0],
    );
    assert.deepEqual(
      (await globals()).filter((name) => !before.includes(name)),
      ["simulation"],
    );
  });

  it("has had nothing to complain about", () => assert.deepEqual(complaints, []));
});
