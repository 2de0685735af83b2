import assert from "node:assert/strict";
import { chromium, type Browser, type BrowserContext } from "playwright-core";
import { ownCertificate } from "../../gateway/certificates/own-certificate.ts";
import { primaryAddress } from "../../gateway/media/rtpengine/local-addresses.ts";
import { chromiumPath } from "../support/chromium.ts";
import { Firefox } from "../support/firefox.ts";
import { LibrarySite, type SitePage } from "../support/library-site.ts";
import { ensureDefaultRoute } from "../support/netns.ts";
import { claimPorts } from "../support/ports.ts";
import { until } from "../support/until.ts";

/** What the library says to a page. */
interface Told {
  readonly code: string;
  readonly detail?: string;
  readonly text?: string;
  readonly hint?: string;
}

interface Frame {
  evaluate(script: string): Promise<unknown>;
}

const microphone = "lib.microphone()";
const connection = (url: string): string => `lib.connection(${JSON.stringify(url)})`;
const off = "microphone=()";

/**
 * Each refusal is provoked in a real browser, and told apart from the others. Not here, because no browser without a
 * screen or without such a system refuses so: a question that was closed (`dismissed`), the system's switch
 * (`system`); their rows are in test/unit/webclient/refusals.test.ts, in the browsers' words.
 */
describe("refusals", function () {
  this.timeout(60_000);
  let site: LibrarySite;
  let secureSite: LibrarySite;
  let away: string;
  const undo: (() => unknown)[] = [];
  /** A text for each pair of code and detail, to see that no two say the same. */
  const texts = new Map<string, string>();

  before(async () => {
    undo.push(ensureDefaultRoute());
    away = await primaryAddress();
    const names = { addresses: ["127.0.0.1"], hosts: ["localhost"] };
    const keys = await ownCertificate({ read: () => undefined, write: () => {} }, names, Date.now());
    [site, secureSite] = [await LibrarySite.open(), await LibrarySite.open(keys)];
    undo.push(
      () => site.close(),
      () => secureSite.close(),
    );
  });
  after(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const inFrame = (page: SitePage, around: SitePage = {}, host = "127.0.0.1"): string =>
    site.at("localhost", { ...around, frame: site.at(host, page) });

  function expect(told: Told, code: string, detail?: string): void {
    assert.deepEqual([told.code, told.detail], [code, detail], JSON.stringify(told));
    texts.set(`${code} ${detail ?? ""}`, told.text ?? "");
  }

  describe("in Chromium", () => {
    const media = ["--use-fake-device-for-media-stream"];

    async function ask(url: string, script: string, args = media, set?: (context: BrowserContext) => Promise<void>) {
      const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", ...args] });
      try {
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        const page = await context.newPage();
        await page.goto(url);
        const frame: Frame = page.frames().at(-1) ?? page;
        await until("the library", () => frame.evaluate("Boolean(window.lib)"), 10_000);
        await set?.(context);
        return (await frame.evaluate(script)) as Told;
      } finally {
        await browser.close();
      }
    }
    const granted = (context: BrowserContext): Promise<void> => context.grantPermissions(["microphone"]);

    it("the user says no", async () =>
      expect(await ask(site.at("localhost"), microphone), "microphone-denied", "user"));

    it("the user says no to a frame that was given the microphone", async () => {
      const url = inFrame({}, { allow: "microphone" });
      expect(await ask(url, microphone), "microphone-denied", "user");
    });

    it("the frame was not given the microphone", async () =>
      expect(await ask(inFrame({}), microphone, media, granted), "microphone-denied", "iframe-allow"));

    it("the page's own header forbids it", async () => {
      const url = site.at("localhost", { policy: off });
      expect(await ask(url, microphone, media, granted), "microphone-denied", "permissions-policy");
    });

    it("the header of the page around forbids it", async () => {
      const url = inFrame({}, { policy: off, allow: "microphone" }, "localhost");
      expect(await ask(url, microphone, media, granted), "microphone-denied", "permissions-policy");
    });

    it("there is no microphone", async () =>
      expect(await ask(site.at("localhost"), microphone, [], granted), "microphone-missing"));

    it("the microphone cannot be opened", async () => {
      const args = [...media, "--fail-audio-stream-creation"];
      expect(await ask(site.at("localhost"), microphone, args, granted), "microphone-busy");
    });

    it("the page came over plain http", async () => expect(await ask(site.at(away), microphone), "insecure-context"));

    it("there is no network", async () => {
      const offline = (context: BrowserContext): Promise<void> => context.setOffline(true);
      expect(await ask(site.at("localhost"), connection("ws://127.0.0.1:9/ws"), [], offline), "unreachable", "offline");
    });

    it("the Content-Security-Policy does not list the gateway", async () => {
      const url = site.at("localhost", { csp: "default-src 'self'" });
      expect(await ask(url, connection("ws://127.0.0.1:9999/ws")), "unreachable", "csp");
    });

    it("the page came over https, the gateway is at ws:", async () => {
      const told = await ask(secureSite.at("localhost"), connection("ws://gateway.example/ws"));
      expect(told, "unreachable", "socket-blocked");
    });

    it("the user does not let a public site reach this machine", async () => {
      const ports = await claimPorts(1);
      const args = [`--ip-address-space-overrides=127.0.0.1:${site.port}=public,[::1]:${site.port}=public`];
      const told = await ask(site.at("localhost"), connection(`ws://127.0.0.1:${ports.first}/ws`), args);
      await ports.release();
      expect(told, "local-network-blocked");
    });

    it("nobody is there", async () => {
      const ports = await claimPorts(1);
      expect(await ask(site.at("localhost"), connection(`ws://127.0.0.1:${ports.first}/ws`)), "unreachable");
      await ports.release();
    });
  });

  describe("in Firefox", () => {
    async function ask(url: string, script: string, options: Parameters<typeof Firefox.launch>[0] = {}): Promise<Told> {
      const firefox = await Firefox.launch(options);
      try {
        const page = await firefox.page();
        await page.goto(url);
        const frame: Frame = page.frames().at(-1) ?? page;
        await until("the library", () => frame.evaluate("Boolean(window.lib)"), 10_000);
        return (await frame.evaluate(script)) as Told;
      } finally {
        await firefox.close();
      }
    }
    const no = { preferences: { "permissions.default.microphone": 2, "media.navigator.permission.disabled": false } };

    it("the user says no", async () =>
      expect(await ask(site.at("localhost"), microphone, no), "microphone-denied", "user"));

    it("the user says no to a frame that was given the microphone", async () =>
      expect(await ask(inFrame({}, { allow: "microphone" }), microphone, no), "microphone-denied", "user"));

    it("the frame was not given the microphone", async () =>
      expect(await ask(inFrame({}), microphone), "microphone-denied", "iframe-allow"));

    it("there is no microphone", async () =>
      expect(await ask(site.at("localhost"), microphone, { fake: false }), "microphone-missing"));

    it("the page came over plain http", async () => expect(await ask(site.at(away), microphone), "insecure-context"));

    it("the Content-Security-Policy does not list the gateway", async () => {
      const url = site.at("localhost", { csp: "default-src 'self'" });
      expect(await ask(url, connection("ws://127.0.0.1:9999/ws")), "unreachable", "csp");
    });

    it("the page came over https, the gateway is at ws:", async () => {
      const told = await ask(secureSite.at("localhost"), connection("ws://gateway.example/ws"));
      expect(told, "unreachable", "socket-blocked");
    });

    it("has no Permissions-Policy header: the page gets the microphone", async () =>
      expect(await ask(site.at("localhost", { policy: off }), microphone), "none"));
  });

  describe("together", () => {
    it("each has words of its own", () => {
      assert.ok(texts.size >= 12, [...texts.keys()].join(", "));
      assert.equal(new Set(texts.values()).size, texts.size);
    });
  });
});
