import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { FrameLocator, Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { blocks, DocumentedSite, headersOf, placed, type Places } from "../support/documented-site.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { builtSite } from "../support/site-build.ts";

const examples = resolve(dirname(fileURLToPath(import.meta.url)), "../../examples");
const toneHz = 1000;
const otherHz = 440;

/** Each example in a real browser, on an origin of its own, with the headers of its README: a call to the echo. */
describe("the examples", function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let browser: Chromium;
  let shop: DocumentedSite;
  let market: DocumentedSite;
  let places: Places;
  let complaints: string[];

  before(async () => {
    [shop, market, browser] = await Promise.all([
      DocumentedSite.open(),
      DocumentedSite.open(),
      Chromium.launch({ toneHz }),
    ]);
    const key = { key: "shop-key-1234", label: "Shop", domain, origins: [shop.origin], targets: ["tel:600"] };
    gateway = await TestGateway.start({ settings: { appKeys: [key] } });
    places = { gateway, shop: shop.origin, market: market.origin };
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    await shop?.close();
    await market?.close();
  });

  const change = (text: string): string => placed(text, places);
  const headers = (example: string) =>
    blocks(join(examples, example, "README.md"), "http").map((block) => headersOf(change(block)));

  async function open(url: string): Promise<Page> {
    const page = await browser.page();
    complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (fault) => complaints.push(fault.message));
    await page.goto(url);
    return page;
  }

  /** Calls, hears the own tone again, and hangs up. */
  async function callsTheEcho(
    page: Page,
    at: Page | FrameLocator,
    names: { call: string; end: string },
  ): Promise<void> {
    const button = (name: string) => at.getByRole("button", { name, exact: true });
    await button(names.call).click();
    await at.getByText(/^connected$/i).waitFor();
    const [, frame = page.mainFrame()] = page.frames();
    await hearsTone(frame as unknown as Page, toneHz, otherHz);
    await button(names.end).click();
    await button(names.call).or(button("Call again")).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  }

  it("plain HTML", async () => {
    shop.folder(join(examples, "plain-html"), change);
    [shop.headers = {}] = headers("plain-html");
    const page = await open(shop.origin);
    await callsTheEcho(page, page, { call: "Call us", end: "End call" });
  });

  it("React", async () => {
    shop.folder(await builtSite("examples/react", change), (text) => text);
    [shop.headers = {}] = headers("react");
    const page = await open(shop.origin);
    await callsTheEcho(page, page, { call: "Call", end: "End" });
  });

  it("Vue", async () => {
    shop.folder(await builtSite("examples/vue", change), (text) => text);
    [shop.headers = {}] = headers("vue");
    const page = await open(shop.origin);
    await callsTheEcho(page, page, { call: "Call us", end: "End" });
  });

  it("a frame of another site", async () => {
    for (const site of [shop, market]) site.folder(join(examples, "iframe"), change);
    [shop.headers = {}, market.headers = {}] = headers("iframe");
    const page = await open(market.origin);
    await callsTheEcho(page, page.frameLocator("iframe"), { call: "Call us", end: "End call" });
  });

  it("a frame without the microphone says so, and offers to call the telephone", async () => {
    market.folder(join(examples, "iframe"), (text) => change(text).replace("microphone; ", ""));
    const page = await open(market.origin);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("button", { name: "Call us" }).click();
    await frame.getByText(/We can call you on your telephone/).waitFor();
    await page.context().close();
  });
});
