import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { pageTools } from "../support/screens.ts";
import { chromiumTab, firefoxTab, plain, type Look, type Tab } from "../support/tab.ts";
import { until } from "../support/until.ts";

const output = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "test-output/screens");
const prepared = `try { localStorage.setItem("offhook.checked", "on"); localStorage.setItem("offhook.language", "en"); } catch {}`;
const desk = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };
const script = `<img src=x onerror="window.hit=1"><b>bold</b>`;

/** Everything of that test id on the page, through all shadow roots, as text. */
const tools = `${pageTools}
window.textsOf = (id, root = document) => [...root.querySelectorAll("*")].flatMap((one) => [
  ...(one.dataset?.testid === id ? [one.textContent.trim().replace(/\\s+/g, " ")] : []),
  ...(one.shadowRoot ? textsOf(id, one.shadowRoot) : []),
]);
window.write = (text) => {
  const area = find("phone-composer >> textarea");
  area.value = text;
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  return find("phone-composer").updateComplete.then(() =>
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })));
};`;

/** Two people in two browsers, one in each. */
describe("chats on the page", function () {
  this.timeout(patience + 40_000);
  let gateway: TestGateway;
  let alice: Tab;
  let bob: Tab;

  before(async () => {
    mkdirSync(output, { recursive: true });
    const started = TestGateway.start({
      env: { GATEWAY_MESSAGES_PER_MINUTE: "1000", GATEWAY_CALL_FRAMES_PER_SECOND: "1000" },
    });
    [gateway, alice, bob] = await Promise.all([started, chromiumTab(prepared), firefoxTab(prepared)]);
    await Promise.all([signIn(alice, "alice"), signIn(bob, "bob")]);
  });

  after(async () => {
    await Promise.all([alice, bob].map((tab) => tab?.evaluate("offhook.phone.signOut()")));
    await Promise.all([alice, bob].map((tab) => tab?.close()));
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  async function signIn(tab: Tab, name: string): Promise<void> {
    await tab.goto(gateway.url);
    await tab.evaluate(tools);
    await until("the page", () => tab.evaluate(`offhook.phone.door.view().stage !== "loading"`), 20_000);
    await tab.evaluate(`offhook.phone.signIn({ user: "${name}@${domain}" })`);
    await until(`${name} signed in`, () => tab.evaluate(`offhook.session?.view().state === "connected"`), 10_000);
  }

  const open = async (tab: Tab, item: string): Promise<void> => {
    await tab.evaluate(`location.hash = "#/chats/" + encodeURIComponent("${item}")`);
    await until("the chat", () => tab.evaluate(`!!find("phone-composer")`));
  };
  const write = (tab: Tab, text: string): Promise<unknown> => tab.evaluate(`write(${JSON.stringify(text)})`);
  const texts = (tab: Tab, id = "text"): Promise<string[]> => tab.evaluate(`textsOf("${id}")`) as Promise<string[]>;
  const shows = (tab: Tab, text: string, id = "text"): Promise<unknown> =>
    until(`"${text}" in ${tab.browser}`, async () => (await texts(tab, id)).some((one) => one.includes(text)), 8000);

  async function picture(tab: Tab, name: string, size: Look["size"], theme: Look["theme"]): Promise<void> {
    await tab.look({ ...plain, size, theme });
    await tab.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))`);
    const wide = await tab.evaluate("document.documentElement.scrollWidth > innerWidth");
    writeFileSync(join(output, `${name}-${size.width}-${theme}-${tab.browser}.png`), await tab.picture());
    assert.equal(wide, false, `${name} at ${size.width} scrolls sideways`);
  }

  it("carry words both ways, as they are written, and say how far they have come", async () => {
    await alice.look({ ...plain, size: desk, theme: "light" });
    await bob.look({ ...plain, size: desk, theme: "light" });
    await open(alice, `user:bob@${domain}`);
    await write(alice, script);
    await shows(alice, "Delivered", "state");
    await until("the badge", () =>
      bob.evaluate(`/1 unread message/.test(find("[data-testid=chat]")?.textContent ?? "") ||
      [...find("phone-rail").renderRoot.querySelectorAll("a")].some((a) => /1 unread/.test(a.ariaLabel ?? ""))`),
    );
    await open(bob, `user:alice@${domain}`);
    await shows(bob, script);
    assert.equal(await bob.evaluate("window.hit ?? 0"), 0);
    await shows(alice, "Read", "state");
    await write(bob, "Hello Alice\nsecond line");
    await shows(alice, "Hello Alice second line");
    await until("nothing unread", () => alice.evaluate("offhook.session.messages.view().unread === 0"));
  });

  it("show who types, what was edited, and what was deleted", async () => {
    await bob.evaluate(`{
      const area = find("phone-composer >> textarea");
      area.value = "h";
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }`);
    await until("typing", () => alice.evaluate(`/is typing/.test(find("phone-chat-view >> .who")?.textContent ?? "")`));
    await alice.evaluate(
      `offhook.session.messages.send({ user: "bob@${domain}" }, "tpyo").then((m) => void (window.m = m))`,
    );
    await shows(bob, "tpyo");
    await alice.evaluate(`offhook.session.messages.edit(m, "typo")`);
    await shows(bob, "typo");
    await alice.evaluate(`offhook.session.messages.remove(m)`);
    await until("gone", async () => !(await texts(bob)).includes("typo"));
  });

  it("are opened by a bare name too, and an address that means nothing says so", async () => {
    await alice.evaluate(`location.hash = "#/chats/bob@${domain}"`);
    await until("the chat", async () => (await texts(alice)).includes("Hello Alice second line"));
    await alice.evaluate(`location.hash = "#/chats/nothing"`);
    await until("the reason", () =>
      alice.evaluate(`/“nothing” is neither/.test(find("phone-chat-view >> .nobody")?.textContent ?? "")`),
    );
    await open(alice, `user:bob@${domain}`);
  });

  it("carry files: chosen, pasted and dropped, as pictures and downloads", async () => {
    await alice.evaluate(`(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 200 });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#2f7d6b";
      pen.fillRect(0, 0, 320, 200);
      const blob = await new Promise((made) => canvas.toBlob(made));
      window.given = (name, part = blob) => {
        const carrier = new DataTransfer();
        carrier.items.add(new File([part], name, { type: part.type }));
        return carrier;
      };
      find("phone-composer >> textarea").dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: given("pasted.png"), bubbles: true, cancelable: true }));
      find("phone-chat-view").dispatchEvent(
        new DragEvent("drop", { dataTransfer: given("notes.txt", new Blob(["just words"])), bubbles: true, cancelable: true }));
      const input = find("phone-composer >> input[type=file]");
      input.files = given("chosen.png").files;
      input.dispatchEvent(new Event("change"));
    })()`);
    await until("three files", () => alice.evaluate(`find("phone-composer >> .files")?.children.length === 3`));
    await picture(alice, "chat-attached", narrow, "light");
    await alice.look({ ...plain, size: desk, theme: "light" });
    await write(alice, "See these");
    await shows(bob, "See these");
    await shows(bob, "notes.txt", "file");
    await until("the pictures", () =>
      bob.evaluate(`[...find("phone-chat-view >> .log").querySelectorAll("phone-bubble")].flatMap((bubble) =>
        [...bubble.renderRoot.querySelectorAll("phone-attachment")].map((one) => one.renderRoot.querySelector("img")))
        .filter((img) => img?.naturalWidth === 320).length === 2`),
    );
    const got = await bob.evaluate(`(async () => {
      const { messages } = offhook.session;
      const [message] = await messages.history({ user: "alice@${domain}" }, { limit: 1 });
      const file = message.attachments.find(({ name }) => name === "notes.txt");
      return (await fetch(await messages.link(message, file))).text();
    })()`);
    assert.equal(got, "just words");
  });

  it("say why a file may not pass, and let it go", async () => {
    await alice.evaluate(`find("phone-chat-view").dispatchEvent(
      new DragEvent("drop", { dataTransfer: given("cat.png", new Blob(["<svg onload=alert(1)>"])), bubbles: true, cancelable: true }))`);
    await until("one file", () => alice.evaluate(`!!find("phone-composer >> .files")`));
    await write(alice, "");
    await shows(alice, "cat.png", "unsent");
    await until("the refusal", () =>
      alice.evaluate(`/does not take this kind of file/.test(find("[data-testid=unsent]")?.textContent ?? "") &&
        /Files of the type \\S+ are not taken here/.test(find("[data-testid=unsent]").querySelector("[title]").title)`),
    );
    await alice.evaluate(`[...find("[data-testid=unsent]").querySelectorAll("button")].at(-1).click()`);
    await until("nothing waits", () => alice.evaluate(`!find("[data-testid=unsent]")`));
    await alice.evaluate(
      `offhook.phone.notices.view().notices?.forEach(({ id }) => offhook.phone.notices.dismiss?.(id))`,
    );
  });

  it("are found by their words", async () => {
    await alice.evaluate(`press("phone-chat-view >> header button")`);
    await until("the field", () => alice.evaluate(`!!find("phone-chat-view >> .search input")`));
    await alice.evaluate(`{
      const field = find("phone-chat-view >> .search input");
      field.value = "SECOND";
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }`);
    await until("one found", async () => (await texts(alice)).join() === "Hello Alice second line");
    await alice.evaluate(`press("phone-chat-view >> header button")`);
  });

  it("are all found from the list, and a press opens the chat there", async () => {
    await bob.evaluate(`(async () => {
      const say = (text) => offhook.session.messages.send({ user: "alice@${domain}" }, text);
      for (let number = 1; number <= 150; number++) {
        await say("Line " + number);
        if (number === 70) await say("A needle in the hay, and what else there is to say about it");
      }
    })()`);
    await shows(alice, "Line 150");
    // A page that has not fetched them.
    await signIn(alice, "alice");
    await alice.evaluate(`location.hash = "#/chats"`);
    await until("the list", () => alice.evaluate(`!!find("phone-chats-list >> input")`));
    const look = (text: string) =>
      alice.evaluate(`{
        const field = find("phone-chats-list >> input");
        field.value = "${text}";
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }`);
    await look("NEEDLE");
    await until("the message", async () => (await texts(alice, "found-message")).length === 1);
    assert.match((await texts(alice, "found-message"))[0] ?? "", /BobA needle in the hay/);
    assert.equal(await alice.evaluate(`find("phone-found-messages >> mark").textContent`), "needle");
    await alice.evaluate(`press("phone-found-messages >> a")`);
    await until("the message in its place", () =>
      alice.evaluate(`(() => {
        const log = find("phone-chat-view >> .log")?.getBoundingClientRect();
        const bubble = find("phone-bubble[marked]")?.getBoundingClientRect();
        return !!bubble && bubble.top >= log.top && bubble.bottom <= log.bottom;
      })()`),
    );
    assert.ok(!(await texts(alice)).includes("Line 150"), "the newest are not fetched for it");
    assert.ok((await texts(alice)).includes("Line 80"));
    const press = (text: string) =>
      alice.evaluate(`[...find("phone-chat-view >> .ahead").querySelectorAll("button")]
        .find((button) => button.textContent.trim() === "${text}").click()`);
    await press("Show newer messages");
    await until("newer ones", async () => (await texts(alice)).includes("Line 140"));
    assert.ok(!(await texts(alice)).includes("Line 150"));
    await press("Go to the newest");
    await shows(alice, "Line 150");
    await until("at the end", () =>
      alice.evaluate(`(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(
        find("phone-chat-view >> .log"))`),
    );
    await look("nobody wrote this");
    await until("nothing", () =>
      alice.evaluate(`/Nobody wrote/.test(find("phone-found-messages")?.renderRoot.textContent ?? "")`),
    );
    await look("carol");
    await until("a person", async () => (await texts(alice, "results"))[0]?.includes("Carol") ?? false);
    await look("");
  });

  it("have the calls among the words", async () => {
    await alice.evaluate(`offhook.phone.stage.call({ user: "bob@${domain}" }), null`);
    await until("ringing", () => bob.evaluate("offhook.session.calls.view().calls.length > 0"));
    await bob.evaluate(`offhook.session.calls.view().calls[0].reject()`);
    await until("the end", () => alice.evaluate("offhook.session.calls.view().recents.length > 0"));
    await alice.evaluate(`offhook.phone.stage.dismiss()`);
    await open(alice, `user:bob@${domain}`);
    await until("the call", () =>
      alice.evaluate(`/You called/.test(find("phone-chat-view >> .log")?.textContent ?? "")`),
    );
  });

  it("of groups begin with an invitation", async () => {
    await alice.evaluate(`offhook.session.messages.createGroup("Project room", ["bob@${domain}"])
      .then(({ group }) => (window.group = group))`);
    const item = `group:${String(await alice.evaluate("window.group"))}`;
    await bob.evaluate(`location.hash = "#/chats/" + encodeURIComponent("${item}")`);
    await until("the invitation", () => bob.evaluate(`!!find("phone-chat-view >> .invitation .go")`));
    await bob.evaluate(`press("phone-chat-view >> .invitation .go")`);
    await until("the composer", () => bob.evaluate(`!!find("phone-composer")`));
    await write(bob, "Glad to be here");
    await open(alice, item);
    await shows(alice, "Glad to be here");
  });

  it("fit a desk and a telephone, light and dark", async () => {
    await open(alice, `user:bob@${domain}`);
    for (const tab of [alice, bob])
      for (const size of [desk, narrow])
        for (const theme of ["light", "dark"] as const) await picture(tab, "chat", size, theme);
    await alice.evaluate(`location.hash = "#/chats"`);
    await until("the list", () => alice.evaluate(`!!find("[data-testid=chat]")`));
    for (const theme of ["light", "dark"] as const) await picture(alice, "chats", narrow, theme);
    await alice.evaluate(`location.hash = "#/chats/new"`);
    await until("people", () => alice.evaluate(`!!find("phone-new-chat >> input")`));
    await picture(alice, "chat-new", narrow, "light");
    await alice.look({ ...plain, size: desk, theme: "light" });
  });
});
