import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { AdminSite } from "../support/admin-site.ts";
import { Chromium } from "../support/chromium.ts";
import { Firefox } from "../support/firefox.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { readers } from "../support/story-reader.ts";
import { until } from "../support/until.ts";

const output = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "test-output/screens");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = [
  { width: 1280, height: 800 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
  { width: 320, height: 640 },
] as const;

interface Tab {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  resize(size: { width: number; height: number }): Promise<unknown>;
  picture(): Promise<Buffer>;
  close(): Promise<unknown>;
}

const inApp = `document.querySelector("admin-app")?.shadowRoot`;
const screens = [
  {
    name: "admin-calls",
    path: "/admin/calls",
    ready: `${inApp}?.querySelector("admin-calls")?.shadowRoot?.querySelector("li")`,
  },
  {
    name: "admin-story",
    path: "/admin/calls/K7F3QM",
    ready: `${inApp}?.querySelector("admin-story")?.shadowRoot?.querySelector("admin-ladder")?.shadowRoot?.querySelector("li")`,
    act: `${inApp}.querySelector("admin-story").shadowRoot.querySelector(".verdict button").click();
      ${inApp}.querySelector("admin-story").shadowRoot.querySelector("admin-ladder").shadowRoot.querySelectorAll(".step")[3].click()`,
  },
  { name: "admin-unknown", path: "/admin/calls/ZZZZZZ", ready: `${inApp}?.querySelector("[role=alert]")` },
] as const;

/** The pages of support, as they look. */
describe("the admin pages", function () {
  this.timeout(90_000);
  let site: AdminSite;
  let chromium: Chromium;
  let firefox: Firefox;

  before(async () => {
    mkdirSync(output, { recursive: true });
    [site, chromium, firefox] = await Promise.all([AdminSite.open(), Chromium.launch(), Firefox.launch()]);
  });

  after(async () => {
    await Promise.all([chromium?.close(), firefox?.close()]);
    await site?.close();
  });

  async function chromiumTab(theme: "light" | "dark"): Promise<Tab & { page: Page }> {
    const context = await chromium.browser.newContext({ locale: "en-GB", timezoneId: "UTC", colorScheme: theme });
    const page = await context.newPage();
    return {
      page,
      goto: (url) => page.goto(url),
      evaluate: (script) => page.evaluate(script),
      resize: (size) => page.setViewportSize(size),
      picture: () => page.screenshot({ animations: "disabled", fullPage: true }),
      close: () => context.close(),
    };
  }

  async function firefoxTab(theme: "light" | "dark"): Promise<Tab> {
    const context = await firefox.browser.createBrowserContext();
    const page = await context.newPage();
    await page.evaluateOnNewDocument(`try { localStorage.setItem("offhook.theme", "${theme}") } catch {}`);
    return {
      goto: (url) => page.goto(url),
      evaluate: (script) => page.evaluate(script),
      resize: (size) => page.setViewport(size),
      picture: async () => Buffer.from(await page.screenshot()),
      close: () => context.close(),
    };
  }

  const axe = async (tab: Tab): Promise<string[]> => {
    await tab.evaluate(`window.axe ? null : (0, eval)(${JSON.stringify(axeSource)}), null`);
    return (await tab.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
        id + ": " + JSON.stringify(target) + " " + failureSummary)))`)) as string[];
  };

  const isTooWide = `document.documentElement.scrollWidth > innerWidth`;

  for (const browser of ["chromium", "firefox"] as const)
    for (const theme of ["light", "dark"] as const)
      for (const screen of screens)
        it(`${screen.name} in ${browser}, ${theme}: fits each width, and axe finds nothing`, async () => {
          const tab = await (browser === "chromium" ? chromiumTab(theme) : firefoxTab(theme));
          await tab.resize(sizes[0]);
          await tab.goto(`${site.url}${screen.path}`);
          await until(screen.name, () => tab.evaluate(`!!(${screen.ready})`), 10_000);
          if ("act" in screen) await tab.evaluate(`void (${screen.act.replaceAll(";", ",")})`);
          const found: string[] = [];
          for (const size of sizes) {
            await tab.resize(size);
            await tab.evaluate(
              `document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => done(null))))`,
            );
            writeFileSync(join(output, `${screen.name}-${size.width}-${theme}-${browser}.png`), await tab.picture());
            if (await tab.evaluate(isTooWide)) found.push(`${size.width}: scrolls sideways`);
            found.push(...(await axe(tab)).map((finding) => `${size.width}: ${finding}`));
          }
          await tab.close();
          assert.deepEqual(found, []);
        });

  it("to assistive technology the ladder is a list of sentences, which the keyboard opens", async () => {
    const tab = await chromiumTab("light");
    await tab.goto(`${site.url}/admin/calls/K7F3QM`);
    const steps = tab.page.getByRole("list", { name: "Steps of the call" });
    const invite = steps.getByRole("button", { name: /Gateway → Trunk B: INVITE/ });
    await invite.focus();
    await tab.page.keyboard.press("Enter");
    assert.equal(await invite.getAttribute("aria-expanded"), "true");
    await steps.getByText("CSeq: 1 INVITE").first().waitFor();
    const advice = tab.page.getByRole("button", { name: "What to do" });
    await advice.focus();
    await tab.page.keyboard.press("Space");
    await tab.page.getByText(/announce its public address/).waitFor();
    await tab.close();
  });

  it("says who may not read, and why", async () => {
    const tab = await chromiumTab("light");
    for (const [status, text] of [
      [401, "Sign in first"],
      [403, "Not for this account"],
      [500, "The gateway does not answer"],
    ] as const) {
      site.status = status;
      await tab.goto(`${site.url}/admin/calls`);
      await tab.page.getByRole("heading", { name: text }).waitFor();
    }
    site.status = 200;
    await tab.close();
  });
});

/** With a gateway: its policy, its roles, its calls. */
describe("the admin pages of a gateway", function () {
  this.timeout(90_000);
  let gateway: TestGateway;
  let chromium: Chromium;

  before(async () => {
    [gateway, chromium] = await Promise.all([TestGateway.start({ accounts: readers }), Chromium.launch()]);
  });

  after(async () => {
    await chromium?.close();
    await gateway?.stop();
  });

  it("from the list to a call, by its link, its reference, and back; nothing breaks the policy", async () => {
    const caller = await FrameClient.signedIn(gateway, "alice");
    const call = await caller.call({ user: `nobody@${domain}` });
    const reference = String((await caller.ended(call))["reference"]);
    await caller.close();

    const page = await chromium.page();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (fault) => complaints.push(fault.message));
    await page.request.post(`${gateway.url}/api/sign-in`, { data: { user: `sam@${domain}` } });
    await page.goto(`${gateway.url}/admin`);
    await page.getByRole("link", { name: /Nobody there has that name or number/ }).click();
    await page.getByRole("heading", { name: `Call ${reference.slice(0, 3)} ${reference.slice(3)}` }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/admin/calls/${reference}`);
    await page.goBack();
    await page.getByLabel("Reference of a call").fill(` ${reference.toLowerCase()}`);
    await page.keyboard.press("Enter");
    await page.getByText(`There is no user nobody@${domain}`).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Wireshark file" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), `call-${reference}.pcapng`);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
