import assert from "node:assert/strict";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { Firefox, hearsTone as firefoxHears } from "../support/firefox.ts";
import { patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { until } from "../support/until.ts";

/** The test number that plays a tone of 1 kHz. */
const tone = { tel: "601" };
const toneHz = 1000;
const otherHz = 440;

interface View {
  readonly id: string;
  readonly state: string;
  readonly transport: string;
}

/** What Playwright's and Puppeteer's pages have in common. */
interface Tab {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  url(): string;
  close(): Promise<unknown>;
}

const browsers = {
  Chromium: async () => {
    const browser = await Chromium.launch({ toneHz: otherHz });
    const page = await browser.page();
    const hears = () => hearsTone(page, toneHz, otherHz);
    return {
      page: page as Tab,
      tabs: async (): Promise<Tab[]> => page.context().pages(),
      hears,
      close: () => browser.close(),
    };
  },
  Firefox: async () => {
    const browser = await Firefox.launch({ toneHz: otherHz });
    const page = await browser.page();
    const hears = () => firefoxHears(page, toneHz, otherHz);
    return {
      page: page as Tab,
      tabs: (): Promise<Tab[]> => page.browserContext().pages(),
      hears,
      close: () => browser.close(),
    };
  },
} as const;

for (const [name, launch] of Object.entries(browsers))
  describe(`a page in ${name} on a network that fails`, function () {
    this.timeout(patience + 30_000);
    let gateway: TestGateway;
    let proxy: CuttingProxy;
    let browser: Awaited<ReturnType<typeof launch>>;
    let alice: PhonePage<Tab>;

    before(async () => {
      // Long enough that what is tested is not the end of the grace.
      gateway = await TestGateway.start({ env: { GATEWAY_SESSION_GRACE: "20000" } });
      proxy = await CuttingProxy.open(gateway.httpPort);
      browser = await launch();
      proxy.blocksWebSocket = true;
      alice = await PhonePage.open(browser.page, { url: url() }, "alice");
    });
    after(async () => {
      await browser?.close();
      await proxy?.close();
      await gateway?.stop();
    });

    const url = (): string => `http://localhost:${proxy.port}`;
    const view = async (page: Tab): Promise<View> => (await page.evaluate("window.offhook.session.view()")) as View;

    /** Who has signed in here is signed in again when a page is loaded. */
    const loaded = (page: Tab): Promise<View> =>
      until(
        "the page's session",
        async () => {
          const seen = await page.evaluate("window.offhook?.session?.view()").catch(() => undefined);
          return (seen as View | undefined)?.state === "connected" ? (seen as View) : undefined;
        },
        10_000,
      );

    it("calls by long polling where WebSocket is blocked; the call stays while its connection is cut, and goes on over WebSocket", async () => {
      const first = await view(alice.page);
      assert.equal(first.transport, "polling");
      await alice.call(tone);
      await alice.state("connected");
      await browser.hears();

      proxy.cut();
      // Browsers repeat a request whose connection broke by themselves; what the page sees of it is no matter.
      await alice.page.evaluate("window.offhook.session.line()").catch(() => {});
      await until("it is back", async () => (await view(alice.page)).state === "connected", 10_000);
      await browser.hears();

      proxy.blocksWebSocket = false;
      await until("it uses WebSocket", async () => (await view(alice.page)).transport === "websocket", 40_000);
      await browser.hears();
      assert.deepEqual([(await view(alice.page)).id, (await alice.current())?.state], [first.id, "connected"]);
      await alice.end();
      const { reason, by } = await alice.ended();
      assert.deepEqual([reason, by], ["normal", "local"]);
      const metrics = await gateway.metrics();
      assert.deepEqual([metrics["offhook_sessions"], metrics["offhook_polling_connections"]], [1, 0]);
    });

    it("goes on with its session and its call after a reload", async () => {
      const { id } = await view(alice.page);
      await alice.call(tone);
      await alice.state("connected");
      await browser.page.goto(url());
      assert.equal((await loaded(browser.page)).id, id);
      assert.match(gateway.log(), new RegExp(`session resumed session=${id}`));
      await alice.watch();
      await alice.state("connected");
      await browser.hears();
      await alice.end();
      assert.equal((await alice.ended()).reason, "normal");
      await until("the call's end", async () => (await gateway.metrics())["offhook_calls"] === 0);
    });

    it("has another session in a duplicate of its tab", async () => {
      const { id } = await view(browser.page);
      // The new tab starts with a copy of this one's storage (HTML 12.2.1).
      await browser.page.evaluate(`void window.open(location.href, "_blank")`);
      const copy = await until("the duplicate", async () =>
        (await browser.tabs()).find((page) => page !== browser.page && page.url().startsWith("http")),
      );
      assert.notEqual((await loaded(copy)).id, id);
      const { id: still, state } = await view(browser.page);
      assert.deepEqual([still, state], [id, "connected"]);
      assert.match(gateway.log(), new RegExp(`session opened .*browser="?${name}`, "i"));
      await copy.close();
    });
  });
