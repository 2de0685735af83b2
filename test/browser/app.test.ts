import assert from "node:assert/strict";
import type { BrowserContext, Page, Worker } from "playwright-core";
import { Chromium } from "../support/chromium.ts";
import { PageSite, signInSimulated, stagedDay } from "../support/page-site.ts";
import { pageTools } from "../support/screens.ts";
import { elapsed, until } from "../support/until.ts";

/** How often the bell rings. */
const bellEveryMs = 3_000;

/** Keeps the locks that the page takes and gives back, the notifications that it has shown, the tones of its sounds. */
const watched = `(() => {
  window.locks = [];
  WakeLock.prototype.request = async (type) => {
    locks.push(type);
    return { release: async () => void locks.push("released") };
  };
  window.notified = 0;
  const show = ServiceWorkerRegistration.prototype.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = async function (...content) {
    await show.apply(this, content);
    notified += 1;
  };
  window.tones = [];
  const Native = window.OscillatorNode;
  window.OscillatorNode = class extends Native {
    constructor(context, options) {
      super(context, options);
      tones.push(options.frequency);
    }
  };
})();`;

/** What a browser gives to a page that is used like a program: notifications, the screen, a window above all others. */
describe("the page as an app", function () {
  this.timeout(60_000);
  let site: PageSite;
  let browser: Chromium;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    [site, browser] = await Promise.all([PageSite.open(), Chromium.launch()]);
  });

  after(async () => {
    await browser?.close();
    await site?.close();
  });

  afterEach(() => context.close());

  async function open({ locale = "en-GB", checked = true, permissions = ["notifications"] } = {}): Promise<void> {
    context = await browser.browser.newContext({ viewport: { width: 1280, height: 800 }, locale, permissions });
    page = await context.newPage();
    const preferences = `localStorage.setItem("offhook.checked", "${checked ? "on" : "off"}");`;
    await page.addInitScript(`${stagedDay}; ${watched}; ${preferences}`);
    await page.goto(site.url);
    await page.evaluate(pageTools);
    await page.evaluate(signInSimulated);
    // The simulated history had calls of its own.
    await page.evaluate("tones.length = locks.length = 0");
  }

  const state = (wanted: string): Promise<void> => page.locator(`[data-testid=call][data-state=${wanted}]`).waitFor();

  describe("notifications", () => {
    interface Shown {
      readonly title: string;
      readonly body: string;
      readonly actions: readonly string[];
    }

    const serviceWorker = async (): Promise<Worker> =>
      context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));

    const shown = async (): Promise<Shown[]> =>
      (await page.evaluate(`navigator.serviceWorker.getRegistration()
        .then((worker) => worker.getNotifications())
        .then((all) => all.map(({ title, body, actions }) => ({ title, body, actions: actions.map(({ title }) => title) })))`)) as Shown[];

    /** Somebody calls while the user looks at something else. */
    async function calledUnseen(): Promise<void> {
      await page.evaluate(`navigator.serviceWorker.ready`);
      await page.evaluate(`document.hasFocus = () => false; callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
      // Chromium forgets a notification that is asked for before it is drawn.
      await until("a notification", () => page.evaluate("notified > 0"), 10_000);
      await page.evaluate("notified = 0");
    }

    /** As the browser tells it when the user presses that button of the notification. */
    const press = async (action: string): Promise<void> =>
      (await serviceWorker()).evaluate(`self.registration.getNotifications().then(([notification]) =>
        void self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "${action}" })))`);

    it("say who calls, and Answer there answers", async () => {
      await open();
      await calledUnseen();
      assert.deepEqual(await shown(), [
        { title: "Bob Keller is calling", body: "bob@offhook.test", actions: ["Answer", "Decline"] },
      ]);
      await press("answer");
      await state("connected");
      await until("no notification", async () => (await shown()).length === 0);
    });

    it("go when the caller gives up; Decline there declines", async () => {
      await open();
      await calledUnseen();
      await page.evaluate(`far.end("cancelled")`);
      await until("no notification", async () => (await shown()).length === 0);
      await calledUnseen();
      await page.evaluate(`far.on("ended", (end) => (window.farEnd = end))`);
      await press("decline");
      await until("the end", () => page.evaluate("window.farEnd"));
      assert.equal(await page.evaluate("farEnd.reason"), "declined");
    });

    it("do not come when the user looks, or wants none", async () => {
      await open();
      await page.evaluate(`navigator.serviceWorker.ready`);
      await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
      await page.getByTestId("incoming").waitFor();
      await page.evaluate(`far.end("cancelled"); document.hasFocus = () => false`);
      await page.evaluate(`offhook.phone.preferences.choose({ notifications: false })`);
      await page.evaluate(`callIn({ user: "carol@offhook.test" }, "Carol Novak")`);
      await page.getByRole("dialog", { name: /Carol/ }).waitFor();
      assert.deepEqual(await shown(), []);
    });
  });

  it("keeps in whoever came in before the gateway had said what it is", async () => {
    context = await browser.browser.newContext({ locale: "en-GB" });
    page = await context.newPage();
    await page.addInitScript(`localStorage.setItem("offhook.checked", "on")`);
    const asked = new Promise<() => Promise<void>>(
      (resolve) => void page.route("**/api/welcome", (route) => resolve(() => route.continue())),
    );
    await page.goto(site.url);
    const answer = await asked;
    await page.evaluate(signInSimulated);
    await answer();
    await until("the answer", () => page.evaluate("offhook.phone.door.view().welcome"));
    await page.getByRole("heading", { name: "Recents" }).waitFor();
    assert.equal(await page.evaluate("offhook.phone.door.view().stage"), "signed-in");
  });

  it("can be installed, and opens without network", async () => {
    await open();
    const devtools = await context.newCDPSession(page);
    const { errors } = await devtools.send("Page.getAppManifest");
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    // The contexts of a test are private windows, and nothing is installed from there.
    const faults = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
    assert.deepEqual([errors, faults], [[], []]);
    await page.evaluate(`navigator.serviceWorker.ready`);
    await context.setOffline(true);
    await page.reload();
    await page.getByRole("heading", { name: "The gateway does not answer." }).waitFor();
  });

  it("keeps the screen on in a call, and not after it", async () => {
    await open();
    await page.evaluate(`void offhook.phone.stage.call({ user: "bob@offhook.test" })`);
    await state("connected");
    assert.deepEqual(await page.evaluate("locks"), ["screen"]);
    await page.getByRole("button", { name: "End" }).click();
    await state("ended");
    await until("the lock given back", async () => (await page.evaluate("locks.at(-1)")) === "released");
  });

  it("shows a call in a small window above all others, with mute and end", async () => {
    await open();
    await page.evaluate(`void offhook.phone.stage.call({ user: "bob@offhook.test" })`);
    await state("connected");
    await page.getByRole("button", { name: "Small window" }).click();
    const small = (script: string): Promise<unknown> =>
      page.evaluate(`(({ document }) => ${script})(documentPictureInPicture.window)`);
    await until("the window", () => page.evaluate("!!documentPictureInPicture.window?.document.querySelector('b')"));
    assert.equal(await small(`document.querySelector("b").innerText`), "Bob Keller");
    await small(`document.querySelector("[aria-pressed]").click()`);
    assert.equal(await page.evaluate("offhook.phone.stage.up().view().muted.audio"), true);
    await small(`document.querySelector(".end").click()`);
    await state("ended");
    await until("the window closed", () => page.evaluate("documentPictureInPicture.window === null"));
  });

  it("rings until the call is answered, then with one tick, and never again", async () => {
    await open();
    await page.mouse.click(900, 700);
    await page.evaluate(`callIn({ user: "bob@offhook.test" }, "Bob Keller")`);
    await until("the bell", () => page.evaluate("tones.length === 4"));
    assert.deepEqual(await page.evaluate("tones"), [587, 740, 659, 831]);
    await page.getByRole("button", { name: "Answer" }).click();
    await state("connected");
    await until("a tick", () => page.evaluate("tones.length > 4"));
    await elapsed(bellEveryMs + 100);
    assert.deepEqual(await page.evaluate("tones.slice(4)"), [880]);
  });

  it("checks microphone, loudspeaker and network before the first call", async () => {
    await open({ checked: false, permissions: ["microphone"] });
    await page.getByRole("button", { name: "Allow the microphone" }).click();
    await page.getByText("That is clear.").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Play a sound" }).click();
    await until("the sound", () => page.evaluate("tones.length === 3"));
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByTestId("network").getByText("Sound gets through").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    assert.equal(await page.evaluate(`localStorage.getItem("offhook.checked")`), "on");
  });

  it("takes the number out of a text that is pasted, groups it, and knows whose it is", async () => {
    await open({ locale: "fr-FR", permissions: ["clipboard-read", "clipboard-write"] });
    await page.evaluate(
      `location.hash = "#/keypad"; navigator.clipboard.writeText("Rappelle-moi au 06.12.34.56.78, merci")`,
    );
    const field = page.locator("phone-keypad-view input");
    await field.click();
    await page.keyboard.press("Control+v");
    await until("the group", async () => (await field.inputValue()) === "06 12 34 56 78");
    assert.equal(await page.getByTestId("meaning").innerText(), "Élodie Marchand, France");
  });

  it("speaks French to a French browser, and writes times as the French do", async () => {
    await open({ locale: "fr-FR" });
    await page.getByRole("heading", { name: "Récents" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.lang"), "fr");
    await page.locator("phone-recents-list").getByText("Bob Keller").click();
    await page.getByText(/^Aujourd’hui, \d\d:\d\d$/).waitFor();
    await page.evaluate(`offhook.phone.preferences.choose({ language: "en" })`);
    await page.getByRole("heading", { name: "Recents" }).waitFor();
  });
});
