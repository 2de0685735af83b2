import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { Chromium } from "../support/chromium.ts";
import { TestGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

/** What a browser makes of the headers of our answers. */
describe("the content security policy", function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let browser: Chromium;
  /** Somebody else's site, which shows the page in a frame; two origins on one port. */
  let site: Server;

  before(async () => {
    site = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<iframe src="${gateway.url}/"></iframe>`);
    });
    await new Promise<void>((resolve) => site.listen(0, resolve));
    const friend = `http://localhost:${port()}`;
    [gateway, browser] = await Promise.all([
      TestGateway.start({ settings: { http: { frameAncestors: [friend] } } }),
      Chromium.launch(),
    ]);
  });

  after(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const port = (): number => (site.address() as AddressInfo).port;

  /** The page, and what it violates of the policy: directive by directive. */
  async function open(path = "/"): Promise<{ page: Page; violations: () => Promise<string[]> }> {
    const page = await browser.page();
    await page.addInitScript(`localStorage.setItem("offhook.checked", "on"); window.violations = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective))`);
    await page.goto(`${gateway.url}${path}`);
    return { page, violations: () => page.evaluate("violations") };
  }

  it("is kept by the page, signed out and signed in", async () => {
    const { page, violations } = await open();
    await page.getByRole("button").first().waitFor();
    await page.evaluate(`window.offhook.phone.signIn({ user: "alice@offhook.test" })`);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    assert.deepEqual(await violations(), []);
    await page.context().close();
  });

  it("stops what somebody managed to write into the page", async () => {
    const { page, violations } = await open();
    await page.evaluate(`for (const text of ["window.evil = 1", "fetch('http://localhost:${port()}/')"]) {
        const script = document.createElement("script");
        script.textContent = text;
        document.body.append(script);
      }
      document.body.insertAdjacentHTML("beforeend", '<p style="color: red" onclick="window.evil = 1"></p>');
      document.body.lastElementChild.click();
      const image = document.createElement("img");
      image.src = "http://localhost:${port()}/?stolen";
      fetch("http://localhost:${port()}/?stolen").catch(() => {});`);
    const seen = await until("the violations", async () => {
      const now = await violations();
      return now.length >= 6 && now;
    });
    assert.deepEqual([...new Set(seen)].sort(), [
      "connect-src",
      "img-src",
      "script-src-attr",
      "script-src-elem",
      "style-src-attr",
    ]);
    assert.equal(await page.evaluate("window.evil"), undefined);
    await page.context().close();
  });

  for (const [host, shown] of [
    ["localhost", true],
    ["127.0.0.1", false],
  ] as const) {
    it(`${shown ? "lets" : "does not let"} http://${host} show the page in a frame`, async () => {
      const page = await browser.page();
      await page.goto(`http://${host}:${port()}/`);
      const frame = () => page.frames().find((one) => one.parentFrame() !== null);
      const there = async (): Promise<boolean> =>
        (await frame()
          ?.evaluate(`document.title === "Offhook"`)
          .catch(() => false)) === true;
      const refused = (): boolean => frame()?.url().startsWith("chrome-error:") === true;
      assert.equal(
        await until("the frame", async () => ((await there()) ? "shown" : refused() && "refused")),
        shown ? "shown" : "refused",
      );
      await page.context().close();
    });
  }
});
