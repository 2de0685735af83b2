import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { FrameLocator, Page } from "playwright-core";
import { parse } from "yaml";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { blocks, DocumentedSite, headersOf, placed, type Places } from "../support/documented-site.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { builtLibrary } from "../support/other-site.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { builtProgram } from "../support/site-build.ts";
import { until } from "../support/until.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const toneHz = 1000;
const otherHz = 440;

/** The test gateway has no account of the name in the documentation. */
const toCarol = (text: string): string => text.replaceAll("user:sales@", "user:carol@");

interface Settings {
  readonly appKeys?: readonly object[];
  readonly http?: object;
  readonly auth?: { readonly secret: string };
  readonly accounts?: readonly { readonly user: string; readonly name: string }[];
}

/** An example that no test runs does not exist: each block of the documentation is taken from it and run. */
describe("the documentation", function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let browser: Chromium;
  let shop: DocumentedSite;
  let market: DocumentedSite;
  let places: Places;
  const folder = mkdtempSync(join(tmpdir(), "offhook-docs-"));

  const change = (text: string): string => placed(text, places);
  const code = (file: string, language: string): string[] =>
    blocks(join(root, "docs", file), language).map((block) => change(block));
  const settings = (file: string): Settings[] => code(file, "yaml").map((block) => parse(toCarol(block)) as Settings);

  before(async () => {
    [shop, market, browser] = await Promise.all([
      DocumentedSite.open(),
      DocumentedSite.open(),
      Chromium.launch({ toneHz }),
    ]);
    places = { gateway: { url: "http://gateway.invalid" }, shop: shop.origin, market: market.origin };
    const [first = {}, second = {}] = settings("getting-started.md");
    const [button = {}] = settings("call-button.md");
    const echo = { key: "echo-key-1234", label: "Shop", domain, origins: [shop.origin], targets: ["tel:600"] };
    const { http = {}, auth = { secret: "" }, accounts = [] } = second;
    gateway = await TestGateway.start({
      settings: { appKeys: [...(first.appKeys ?? []), ...(button.appKeys ?? []), echo], http, auth },
      accounts: accounts.map(({ user, name }) => ({ user: user.replace("example.org", domain), name })),
    });
    places = { ...places, gateway };
    const modules = join(folder, "node_modules");
    mkdirSync(join(modules, "@offhook"), { recursive: true });
    cpSync(join(builtLibrary, "package"), join(modules, "@offhook/client"), { recursive: true });
    symlinkSync(join(root, "node_modules/jose"), join(modules, "jose"));
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    await shop?.close();
    await market?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string, more: Readonly<Record<string, string>> = {}): Promise<Page> {
    const page = await browser.page();
    page.on("pageerror", (fault) => assert.fail(fault.message));
    shop.headers = {};
    shop.read = (path) => (path === "/index.html" ? html : more[path]);
    await page.goto(shop.origin);
    return page;
  }

  const button = (page: Page | FrameLocator, name: string) => page.getByRole("button", { name, exact: true });

  /** Runs a program of the documentation in Node; what it printed. */
  async function printed(program: string): Promise<string> {
    const file = join(folder, "program.mjs");
    writeFileSync(file, program);
    return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout.trim();
  }

  describe("getting started", () => {
    it("has a page that makes a first call", async () => {
      const [first = ""] = code("getting-started.md", "html");
      const page = await open(first);
      await button(page, "Call the echo").click();
      await page.getByText("connected").waitFor();
      await hearsTone(page, toneHz, otherHz);
      await button(page, "End").click();
      await page.getByText("The call has ended.").waitFor();
      await page.context().close();
    });

    it("has users who sign in with a token of the own server, and are called", async () => {
      const [, second = ""] = code("getting-started.md", "html");
      const [signing = ""] = code("getting-started.md", "js");
      writeFileSync(join(folder, "token.mjs"), signing);
      const { tokenFor } = (await import(pathToFileURL(join(folder, "token.mjs")).href)) as {
        tokenFor(user: string, name: string): Promise<string>;
      };
      const token = await tokenFor(`alice@${domain}`, "Alice");
      gateway.secrets.add(token);
      const page = await open(second, { "/phone-token": token });
      await page.getByText("Alice can be called").waitFor();
      const caller = await FrameClient.open(gateway);
      await caller.signIn({ token: await tokenFor(`bob@${domain}`, "Bob") });
      const callId = await caller.call({ user: `alice@${domain}` });
      await page.getByText("Bob is calling").waitFor();
      await button(page, "Answer").click();
      await page.getByText("connected").waitFor();
      await caller.end(callId);
      await page.getByText("The call has ended.").waitFor();
      await Promise.all([caller.close(), page.context().close()]);
    });

    it("has tests that need no gateway", async () => {
      const [, simple = "", played = ""] = code("getting-started.md", "js");
      assert.equal(await printed(simple), "busy");
      assert.equal(await printed(played), "Zoé 5\nremote");
    });
  });

  describe("the call button", () => {
    it("stands in the README", async () => {
      const [lines = ""] = blocks(join(root, "README.md"), "html");
      const page = await open(`<!doctype html><title>Shop</title>${toCarol(change(lines))}`);
      await calls(page, "Call us");
      await page.context().close();
    });

    const pages = (): string[] => code("call-button.md", "html").map(toCarol);
    const log = (page: Page): Promise<string> => page.locator("#log").innerText();
    let carol: RegisteredUa;

    before(async () => (carol = await RegisteredUa.open(gateway, "carol")));
    after(() => carol?.close());

    /** Calls by the button of that name, hears who answers, and is hung up on. */
    async function calls(page: Page, name: string): Promise<void> {
      await button(page, name).click();
      const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), otherHz);
      await hearsTone(page, otherHz, toneHz);
      carol.ua.send(dialog, "BYE");
      await page
        .locator("offhook-call")
        .getByRole("status")
        .getByText(/hung up|raccroché/)
        .waitFor();
    }

    it("is all that a page needs", async () => {
      const [bare = ""] = pages();
      const page = await open(bare);
      await calls(page, "Call us");
      await page.context().close();
    });

    it("tells the page what happens", async () => {
      const [, events = ""] = pages();
      const page = await open(events);
      await calls(page, "Parler à un vendeur");
      await until("the end is told", async () => (await log(page)).endsWith("normal"));
      assert.match(await log(page), /^dialing .*connected .*ended normal$/);
      await page.context().close();
    });

    it("takes its looks from the page", async () => {
      const [, , styled = ""] = pages();
      const page = await open(styled);
      const look = await page.evaluate(`(({ backgroundColor, borderRadius }) => [backgroundColor, borderRadius])(
        getComputedStyle(document.querySelector("offhook-button").shadowRoot.querySelector("button")))`);
      assert.deepEqual(look, ["rgb(91, 43, 224)", "4px"]);
      await calls(page, "Call us");
      await page.context().close();
    });
  });

  it("has a softphone in React", async () => {
    const [program = ""] = code("softphone-in-react.md", "jsx");
    const script = await builtProgram("softphone.jsx", program.replace("shop-key-1234", "echo-key-1234"));
    const html = `<!doctype html><title>Softphone</title><div id="root"></div><script type="module" src="/app.js"></script>`;
    const page = await open(html, { "/app.js": script });
    await page.getByLabel("Who").fill("600");
    await button(page, "Call").click();
    await page.getByText(/does not say what it is/).waitFor();
    await page.getByLabel("Who").fill("tel:600");
    await button(page, "Call").click();
    await button(page, "Mute").waitFor();
    await hearsTone(page, toneHz, otherHz);
    await button(page, "End").click();
    await button(page, "End").waitFor({ state: "detached" });
    await page.context().close();
  });

  describe("embedding", () => {
    const echoed = (html = ""): string => html.replace("shop-key-1234", "echo-key-1234");

    it("has headers with which a page calls", async () => {
      const [headers = ""] = code("embedding.md", "http");
      const [html] = code("embedding.md", "html");
      const page = await browser.page();
      shop.headers = headersOf(headers);
      shop.read = (path) => (path === "/index.html" ? echoed(html) : undefined);
      await page.goto(shop.origin);
      await calls(page, page);
    });

    it("has headers with which a frame calls", async () => {
      const [, widget = "", around = ""] = code("embedding.md", "http");
      const [inner, outer = ""] = code("embedding.md", "html");
      shop.headers = headersOf(widget);
      shop.read = (path) => (path === "/index.html" ? echoed(inner) : undefined);
      market.headers = headersOf(around);
      market.read = (path) => (path === "/index.html" ? outer : undefined);
      const page = await browser.page();
      await page.goto(market.origin);
      await calls(page, page.frameLocator("iframe"));
    });

    async function calls(page: Page, at: Page | FrameLocator): Promise<void> {
      await button(at, "Call us").click();
      await at.getByText("Connected").waitFor();
      const [, frame = page.mainFrame()] = page.frames();
      await hearsTone(frame as unknown as Page, toneHz, otherHz);
      await button(at, "End call").click();
      await button(at, "Call again").waitFor();
      await page.context().close();
    }
  });

  it("shows how to read an error", async () => {
    const [snippet = ""] = code("errors.md", "js");
    const program = `import { connect } from "@offhook/client";
      const session = await connect({ simulate: { microphone: "missing" } });\n${snippet}\nawait session.close();`;
    assert.match(await printed(program), /^microphone-missing undefined .* after-user-action$/);
  });
});
