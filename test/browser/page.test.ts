import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { TestGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

const pageHz = 1000;
const farHz = 440;

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
const text = (page: Page, id: string): Promise<string> => page.getByTestId(id).innerText();

/** What a person does with the page, in the page's own words. */
describe("the page", function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let browser: Chromium;
  const complaints: string[] = [];

  before(async () => {
    [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch({ toneHz: pageHz })]);
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  /** A page on the sign-in screen. The voice is left as it is: noise suppression would remove a tone. */
  async function open(toneHz?: number): Promise<Page> {
    const page = await browser.page(toneHz === undefined ? {} : { toneHz });
    await page.addInitScript(`localStorage.setItem("offhook.clean-voice", "off");
      localStorage.setItem("offhook.checked", "on")`);
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (fault) => complaints.push(fault.message));
    await page.goto(gateway.url);
    return page;
  }

  async function signIn(name: string, toneHz?: number): Promise<Page> {
    const page = await open(toneHz);
    await button(page, new RegExp(`^${name} `)).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    return page;
  }

  const go = (page: Page, tab: string) => page.getByRole("navigation").getByRole("link", { name: tab }).click();

  async function callBob(page: Page): Promise<void> {
    await go(page, "Contacts");
    await button(page, "Call Bob").click();
  }

  const state = (page: Page, wanted: string): Promise<void> =>
    page.locator(`[data-testid=call][data-state=${wanted}]`).waitFor();

  it("shows who is there, calls by a click, rings, connects with sound, and says who hung up", async () => {
    const [alice, bob] = await Promise.all([signIn("Alice"), signIn("Bob", farHz)]);
    await callBob(alice);
    const card = bob.getByRole("dialog", { name: "Incoming call: Alice" });
    await card.waitFor();
    assert.equal(await bob.title(), "Alice is calling you");
    await state(alice, "ringing");
    await card.getByRole("button", { name: "Answer" }).click();
    await Promise.all([state(alice, "connected"), state(bob, "connected")]);
    await hearsTone(alice, farHz, pageHz);
    await hearsTone(bob, pageHz, farHz);
    await until("the levels move", () =>
      alice.evaluate("(({ local, remote }) => local > 0.3 && remote > 0.3)(offhook.phone.stage.view().call.levels())"),
    );
    assert.match(await text(alice, "state"), /^00:0\d$/);
    assert.equal(await text(alice, "reference"), await text(bob, "reference"));
    await button(bob, "End").click();
    await state(alice, "ended");
    assert.equal(await text(alice, "end"), "Bob hung up.");
    await Promise.all([alice.context().close(), bob.context().close()]);
  });

  it("takes a number from the keyboard, sends digits and shows those that come back", async () => {
    const alice = await signIn("Alice");
    await go(alice, "Keypad");
    await alice.getByLabel("Number, name or address").last().fill("600");
    assert.match(await text(alice, "meaning"), /^Calls the number 600, /);
    await alice.keyboard.press("Enter");
    await state(alice, "connected");
    await button(alice, "Keypad").click();
    for (const key of ["5", "star"]) await button(alice, key).click();
    assert.equal(await text(alice, "digits-sent"), "5*");
    await until("the digits to come back", async () => (await text(alice, "digits-received")) === "They pressed 5*");
    await alice.keyboard.press("Escape");
    await state(alice, "connected");
    await button(alice, "End").click();
    await state(alice, "ended");
    await alice.context().close();
  });

  it("keeps the call in reach while something else is on the stage, and mutes there", async () => {
    const alice = await signIn("Alice");
    await button(alice, /^Call 601 /).click();
    await state(alice, "connected");
    await button(alice, "Back to the list").click();
    await button(alice, "Mute").click();
    assert.equal(await button(alice, "Mute").getAttribute("aria-pressed"), "true");
    await button(alice, /^Back to the call/).click();
    assert.equal(await button(alice, "Mute").getAttribute("aria-pressed"), "true");
    await button(alice, "End").click();
    await state(alice, "ended");
    await alice.context().close();
  });

  it("says that a call was declined, and that nobody has an address", async () => {
    const [alice, bob] = await Promise.all([signIn("Alice"), signIn("Bob")]);
    await callBob(alice);
    await button(bob, "Decline").click();
    await state(alice, "ended");
    assert.match(await text(alice, "end"), /Bob declined the call\./);
    await button(alice, "Done").click();
    await go(alice, "Recents");
    const search = alice.getByRole("searchbox", { name: "Name, number or address" }).first();
    await search.fill("nobody-here");
    await search.press("Enter");
    await state(alice, "ended");
    assert.match(await text(alice, "end"), /nobody-here@/);
    await Promise.all([alice.context().close(), bob.context().close()]);
  });

  it("says how to turn on a microphone that was denied, and can listen without", async () => {
    const alice = await open();
    await alice.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      navigator.permissions.query = () => Promise.resolve({ state: "denied" } as PermissionStatus);
    });
    await button(alice, /^Alice /).click();
    await button(alice, /^Call 601 /).click();
    const notice = alice.getByTestId("notice");
    await notice.waitFor();
    assert.match(await notice.innerText(), /The microphone is off for this page\./);
    assert.equal(await notice.getByRole("img", { name: /^Where the switch is/ }).count(), 1);
    await notice.getByRole("button", { name: "Listen only" }).click();
    await state(alice, "connected");
    await hearsTone(alice, pageHz, farHz);
    await button(alice, "End").click();
    await state(alice, "ended");
    await alice.context().close();
  });

  it("keeps recents and contacts on the server: each device of a user has them, and loses them", async () => {
    const [desk, pocket] = await Promise.all([signIn("Alice"), signIn("Alice")]);
    const recents = (page: Page) => page.getByTestId("recents").getByRole("listitem");
    await desk.evaluate("offhook.session.calls.forget()");
    await until("empty lists", async () => (await recents(pocket).count()) + (await recents(desk).count()) === 0);
    await button(desk, /^Call 601 /).click();
    await state(desk, "connected");
    await button(desk, "End").click();
    await state(desk, "ended");
    await until("the call on the other device", async () => (await recents(pocket).count()) === 1);
    assert.match(await recents(pocket).innerText(), /^601\n.*1 sec/);

    await go(desk, "Contacts");
    await desk.getByRole("link", { name: "New contact" }).click();
    await desk.getByLabel("Name", { exact: true }).fill("Élodie Marchand");
    await desk.getByPlaceholder("Number or address").fill("+33 6 12 34 56 78");
    await button(desk, "Save").click();
    await go(pocket, "Contacts");
    await button(pocket, "Call Élodie Marchand").waitFor();

    const late = await signIn("Alice");
    await until("the call on a third device", async () => (await recents(late).count()) === 1);
    await late.evaluate(`offhook.session.calls.forget();
      for (const { contactId } of offhook.session.contacts.view().saved) void offhook.session.contacts.remove(contactId)`);
    await button(pocket, "Call Élodie Marchand").waitFor({ state: "detached" });
    await go(pocket, "Recents");
    await until("nothing left", async () => (await recents(pocket).count()) === 0);
    await Promise.all([desk, pocket, late].map((page) => page.context().close()));
  });

  it("ends its calls when it is closed, and is the same page after a reload", async () => {
    const [alice, bob] = await Promise.all([signIn("Alice"), signIn("Bob")]);
    await callBob(alice);
    await button(bob, "Answer").click();
    await state(bob, "connected");
    await alice.context().close();
    await state(bob, "ended");
    await bob.reload();
    await bob.getByRole("navigation", { name: "Main" }).waitFor();
    await bob.context().close();
  });

  it("has had nothing to complain about", () => assert.deepEqual(complaints, []));
});
