import assert from "node:assert/strict";
import type { BrowserContext, CDPSession, Page, Worker } from "playwright-core";
import type { PushNote } from "../../gateway/protocol/push-values.ts";
import { Chromium } from "../support/chromium.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { PushService, type TestSubscription } from "../support/push-service.ts";
import { until } from "../support/until.ts";

const bob = { user: `bob@${domain}` };

/** A browser's own push service cannot be reached here: this one takes its place, with the keys of a test. */
const pushManager = (fields: TestSubscription["fields"]): string => `(() => {
  const fields = ${JSON.stringify(fields)};
  let key = JSON.parse(localStorage.getItem("test.key") ?? "null");
  const made = () => key && ({
    endpoint: fields.endpoint,
    options: { applicationServerKey: Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0)).buffer },
    toJSON: () => ({ endpoint: fields.endpoint, expirationTime: null, keys: { p256dh: fields.p256dh, auth: fields.auth } }),
    unsubscribe: async () => { localStorage.removeItem("test.key"); key = null; return true; },
  });
  PushManager.prototype.getSubscription = async () => made();
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (!userVisibleOnly) throw new DOMException("not visible", "NotAllowedError");
    key = applicationServerKey;
    localStorage.setItem("test.key", JSON.stringify(key));
    return made();
  };
})()`;

/**
 * The whole way: a closed page, a real gateway and a real service worker. What the test's push service decrypts is given
 * to Chromium as its own push service would.
 */
describe("a closed page that rings", function () {
  this.timeout(90_000);
  let gateway: TestGateway;
  let service: PushService;
  let browser: Chromium;
  let context: BrowserContext;
  let alice: FrameClient;
  let subscription: TestSubscription;
  let devtools: CDPSession;
  let registrationId = "";

  before(async () => {
    [service, browser] = await Promise.all([PushService.open(), Chromium.launch()]);
    gateway = await TestGateway.start({ env: { GATEWAY_PUSH_PRIVATE_SERVICES: "true", GATEWAY_PUSH_WAIT: "10000" } });
    alice = await FrameClient.signedIn(gateway, "alice");
  });

  after(async () => {
    await browser?.close();
    await alice?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    await service?.close();
  });

  beforeEach(async () => {
    subscription = service.subscription();
    context = await browser.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      permissions: ["notifications"],
    });
    await context.addInitScript(pushManager(subscription.fields));
    await context.addInitScript(`localStorage.setItem("offhook.checked", "on")`);
  });

  afterEach(() => context.close());

  /** Opens the page for bob, and its service worker to the test's hand. */
  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(gateway.url);
    devtools = await context.newCDPSession(page);
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      registrationId = registrations.at(-1)?.registrationId ?? registrationId;
    });
    await devtools.send("ServiceWorker.enable");
    await page.evaluate("navigator.serviceWorker.ready");
    await page.evaluate(`offhook.phone.signIn({ user: "bob@${domain}" })`);
    await until("the registration", () => registrationId !== "");
    return page;
  }

  const switchOf = (page: Page) => page.getByTestId("closed-ring");

  /** bob switches it on, and closes the page; another page of the site keeps the browser's ends in the test's hands. */
  async function subscribedAndClosed(): Promise<Page> {
    const page = await open();
    await page.goto(`${gateway.url}/#/settings/ringing`);
    await switchOf(page).check();
    await page.getByText("Signing out on this browser switches it off").waitFor();
    await page.goto(`${gateway.url}/admin/`);
    devtools = await context.newCDPSession(page);
    await devtools.send("ServiceWorker.enable");
    await until(
      "alice's connection alone",
      async () => (await gateway.metrics())["offhook_websocket_connections"] === 1,
    );
    return page;
  }

  const worker = async (): Promise<Worker> =>
    context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));

  const deliver = (note: PushNote): Promise<unknown> =>
    devtools.send("ServiceWorker.deliverPushMessage", {
      origin: gateway.url,
      registrationId,
      data: JSON.stringify(note),
    });

  const shown = async (): Promise<readonly { title: string; tag: string; actions: string[] }[]> =>
    (await worker()).evaluate(`self.registration.getNotifications().then((all) =>
      all.map(({ title, tag, actions }) => ({ title, tag, actions: actions.map(({ title }) => title) })))`);

  const press = async (action: string): Promise<void> =>
    (await worker()).evaluate(`self.registration.getNotifications().then(([notification]) =>
      void self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "${action}" })))`);

  it("is switched on in the settings, after a click, and off by signing out", async () => {
    const page = await open();
    await page.goto(`${gateway.url}/#/settings/ringing`);
    await switchOf(page).waitFor();
    assert.equal(await switchOf(page).isChecked(), false);
    await switchOf(page).check();
    await page.getByText("Signing out on this browser switches it off").waitFor();
    await page.reload();
    await until("renewed", () => switchOf(page).isChecked());
    await page.evaluate("offhook.phone.signOut()");
    await until("signed out", async () => (await page.evaluate("offhook.session?.view().state ?? 'none'")) === "none");
    const callId = await alice.call(bob);
    assert.equal((await alice.ended(callId)).reason, "unavailable");
  });

  it("shows who calls, and a click opens the call", async () => {
    const page = await subscribedAndClosed();
    const callId = await alice.call(bob);
    const { note } = await subscription.next("call");
    await deliver(note);
    await until("the notification", async () => (await shown()).length === 1, 10_000);
    assert.deepEqual(await shown(), [{ title: "Alice is calling", tag: note.callId, actions: ["Answer", "Decline"] }]);
    // What the click opens: `clients.openWindow` wants a click of the system's own.
    const opened = (await worker()).evaluate(
      `new Promise((resolve) => { clients.openWindow = async (url) => resolve(url); })`,
    );
    await press("answer");
    const url = String(await opened);
    assert.equal(url, `${gateway.url}/#answer=${note.callId}`);
    await page.goto(url);
    await alice.event("call.answered", callId, 10_000);
    await page.locator("[data-testid=call][data-state=connected]").waitFor();
    assert.equal(await page.evaluate("location.hash"), "", "it is not answered again by Back");
    const over = await subscription.next("call-over");
    assert.equal(over.note.missed, false);
    await deliver(over.note);
    await until("no notification", async () => (await shown()).length === 0);
    await alice.end(callId);
    await alice.ended(callId);
    await page.evaluate("offhook.phone.signOut()");
  });

  it("closes the notification when the caller gives up, and says that a call was missed", async () => {
    await subscribedAndClosed();
    const callId = await alice.call(bob);
    const { note } = await subscription.next("call");
    await deliver(note);
    await until("the notification", async () => (await shown())[0]?.title === "Alice is calling", 10_000);
    await alice.end(callId);
    await alice.ended(callId);
    const over = await subscription.next("call-over");
    await deliver(over.note);
    await until("only that it was missed", async () => {
      const all = await shown();
      return all.length === 1 && all[0]?.title === "Missed call from Alice";
    });
  });

  it("declines on the notification, without a page", async () => {
    await subscribedAndClosed();
    const callId = await alice.call(bob);
    const { note } = await subscription.next("call");
    await deliver(note);
    await until("the notification", async () => (await shown()).length === 1, 10_000);
    await press("decline");
    assert.equal((await alice.ended(callId)).reason, "declined");
    await until("no notification", async () => (await shown()).length === 0);
  });

  it("shows messages, and a click opens the chat", async () => {
    await subscribedAndClosed();
    await alice.request("message.send", { to: bob, text: "Lunch at one?", messageId: `m-${Date.now()}` });
    const { note } = await subscription.next("message");
    await deliver(note);
    await until("the notification", async () => (await shown())[0]?.title === "Alice", 10_000);
    const opened = (await worker()).evaluate(
      `new Promise((resolve) => { clients.openWindow = async (url) => resolve(url); })`,
    );
    await press("");
    assert.equal(await opened, `${gateway.url}/#/chats/${encodeURIComponent(`user:alice@${domain}`)}`);
  });

  it("says honestly when notifications are blocked", async () => {
    await context.clearPermissions();
    const page = await context.newPage();
    await page.addInitScript(`Object.defineProperty(Notification, "permission", { get: () => "denied" })`);
    await PhonePage.open(page, gateway, "bob");
    await page.goto(`${gateway.url}/#/settings/ringing`);
    await page.getByText("Notifications are blocked in this browser").first().waitFor();
    assert.equal(await switchOf(page).isDisabled(), true);
  });
});
