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

/** `paper`: where the board is on the page. `ink`: whether something is painted near a point of it. */
const tools = `${pageTools}
window.board = () => offhook.phone.boards.view().open;
window.paper = () => find("phone-board-view >> .surface").getBoundingClientRect().toJSON();
window.ink = (x, y) => {
  const canvas = find("phone-board-view >> .surface").querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData((x - 6) * devicePixelRatio, (y - 6) * devicePixelRatio, 12, 12);
  return data.some((value, at) => at % 4 < 3 && value < 100);
};
window.picture = () => JSON.stringify([board().view().elements, board().view().background]);
window.type = (key, more = {}) => document.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true, ...more }));`;

type Points = readonly (readonly [number, number])[];

/** Two people in two browsers, one in each. */
describe("a whiteboard on the page", function () {
  this.timeout(patience + 40_000);
  let gateway: TestGateway;
  let alice: Tab;
  let bob: Tab;

  before(async () => {
    mkdirSync(output, { recursive: true });
    [gateway, alice, bob] = await Promise.all([TestGateway.start(), chromiumTab(prepared), firefoxTab(prepared)]);
    await Promise.all([signIn(alice, "alice"), signIn(bob, "bob")]);
  });

  after(async () => {
    await Promise.all([alice, bob].map((tab) => tab?.evaluate("offhook.phone.signOut()")));
    await Promise.all([alice, bob].map((tab) => tab?.close()));
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  async function signIn(tab: Tab, name: string): Promise<void> {
    await tab.look({ ...plain, size: desk, theme: "light" });
    await tab.goto(gateway.url);
    await tab.evaluate(tools);
    await until("the page", () => tab.evaluate(`offhook.phone.door.view().stage !== "loading"`), 20_000);
    await tab.evaluate(`offhook.phone.signIn({ user: "${name}@${domain}" })`);
    await until(`${name} signed in`, () => tab.evaluate(`offhook.session?.view().state === "connected"`), 10_000);
  }

  /** Points are pixels from the left top of the paper. */
  async function drag(tab: Tab, points: Points): Promise<void> {
    const { x, y } = (await tab.evaluate("paper()")) as { x: number; y: number };
    await tab.drag(points.map(([dx, dy]) => [x + dx, y + dy]));
  }

  const use = (tab: Tab, tool: string): Promise<unknown> =>
    tab.evaluate(`press("phone-board-tools >> [data-tool=${tool}]")`);
  const count = async (tab: Tab): Promise<number> =>
    Number(await tab.evaluate("board()?.view().elements.length ?? -1"));

  /** Both show so many elements, the same ones in the same order, and nothing is on its way. */
  async function agree(elements: number): Promise<void> {
    for (const tab of [alice, bob])
      await until(
        `${elements} elements in ${tab.browser}`,
        () => tab.evaluate(`board()?.view().elements.length === ${elements} && board().view().pending === 0`),
        10_000,
      );
    assert.equal(await alice.evaluate("picture()"), await bob.evaluate("picture()"));
  }

  const painted = (tab: Tab, x: number, y: number): Promise<unknown> =>
    until(`ink at ${x} ${y} in ${tab.browser}`, () => tab.evaluate(`ink(${x}, ${y})`));

  async function picture(tab: Tab, name: string, size: Look["size"], theme: Look["theme"]): Promise<void> {
    await tab.look({ ...plain, size, theme });
    await tab.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))`);
    const wide = await tab.evaluate("document.documentElement.scrollWidth > innerWidth");
    writeFileSync(join(output, `${name}-${size.width}-${theme}-${tab.browser}.png`), await tab.picture());
    assert.equal(wide, false, `${name} at ${size.width} scrolls sideways`);
  }

  it("begins in a chat, and with an invitation to the other one", async () => {
    await alice.evaluate(`location.hash = "#/chats/" + encodeURIComponent("user:bob@${domain}")`);
    await until("the chat", () => alice.evaluate(`!!find("phone-composer")`));
    await alice.evaluate(`press("phone-chat-view >> [aria-label='Draw together']")`);
    await until("alice's board", () => alice.evaluate(`board()?.view().state === "ready"`), 10_000);
    await until("the invitation", () => bob.evaluate(`!!find("[data-testid=board-invitation]")`));
    await picture(bob, "board-invitation", desk, "light");
    await bob.evaluate(`press("phone-board-invitation >> .go")`);
    await until("bob's board", () => bob.evaluate(`board()?.view().state === "ready"`), 10_000);
    await until("both there", () => alice.evaluate("board().view().here.length === 2"));
  });

  it("shows what two draw at once, the same in both browsers", async () => {
    const wave = (top: number): Points =>
      Array.from({ length: 25 }, (_, at) => [80 + at * 20, top + 30 * Math.sin(at / 2)]);
    await Promise.all([drag(alice, wave(140)), drag(bob, wave(240))]);
    await Promise.all([drag(alice, wave(180)), drag(bob, wave(300))]);
    await agree(4);
    for (const tab of [alice, bob]) for (const top of [140, 240]) await painted(tab, 80, top);
  });

  it("has lines, shapes and texts, in colours and widths", async () => {
    await alice.evaluate(
      `press("phone-board-tools >> [aria-label=Red]"); press("phone-board-tools >> [aria-label=Thick]")`,
    );
    for (const [tool, left] of [
      ["line", 80],
      ["arrow", 200],
      ["rectangle", 320],
      ["ellipse", 440],
    ] as const) {
      await use(alice, tool);
      await drag(alice, [
        [left, 380],
        [left + 50, 420],
        [left + 90, 450],
      ]);
    }
    await alice.evaluate(`type("t")`);
    await drag(alice, [[580, 380]]);
    await until("the field", () => alice.evaluate(`!!find("phone-board-view >> textarea")`));
    await alice.evaluate(`{
      const field = find("phone-board-view >> textarea");
      field.value = "Budget <b>2027</b>";
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }`);
    await agree(9);
    const kinds = await bob.evaluate(`board().view().elements.map(({ kind }) => kind).join(" ")`);
    assert.equal(kinds, "stroke stroke stroke stroke line arrow rectangle ellipse text");
    await painted(bob, 320, 400);
  });

  it("takes back what its user did, by button and by keys, and nothing of the other one", async () => {
    await alice.evaluate(`press("phone-board-view >> [aria-label=Undo]")`);
    await agree(8);
    await alice.evaluate(`type("z", { ctrlKey: true, shiftKey: true })`);
    await agree(9);
    await alice.evaluate(`type("e")`);
    await drag(alice, [
      [80, 240],
      [81, 241],
    ]);
    await agree(8);
    await alice.evaluate(`type("z", { ctrlKey: true })`);
    await agree(9);
  });

  it("shows strokes before they end, cursors and laser pointers", async () => {
    await use(alice, "pen");
    const { x, y } = (await alice.evaluate("paper()")) as { x: number; y: number };
    await alice.evaluate(`{
      const surface = find("phone-board-view >> .surface");
      surface.setPointerCapture = () => {};
      const send = (type, dx, dy) => surface.dispatchEvent(new PointerEvent(type,
        { clientX: ${x} + dx, clientY: ${y} + dy, pointerId: 77, pointerType: "pen", bubbles: true, button: 0 }));
      send("pointerdown", 600, 120);
      for (let at = 0; at < 20; at++) send("pointermove", 600 + at * 5, 120 + at * 4);
      window.lift = () => send("pointerup", 700, 200);
    }`);
    await until("the stroke before its end", () => bob.evaluate("board().others[0]?.draft?.points.length > 5"));
    assert.equal(await bob.evaluate("!!board().others[0].cursor"), true);
    assert.equal(await count(bob), 9);
    await picture(bob, "board-draft", desk, "light");
    await alice.evaluate("lift()");
    await agree(10);
    await use(alice, "laser");
    await drag(alice, [
      [300, 300],
      [320, 310],
      [340, 300],
    ]);
    await until("the laser", () => bob.evaluate("board().others[0]?.laser.length > 0"));
    assert.equal(await count(bob), 10);
  });

  it("is saved as PNG and SVG", async () => {
    await alice.evaluate(`{
      window.saved = [];
      URL.createObjectURL = (blob) => (saved.push(blob), "#");
    }`);
    for (const what of ["PNG", "SVG"]) {
      await alice.evaluate(`press("phone-board-view >> [aria-label='Background, export and more']")`);
      await until("the menu", () => alice.evaluate(`!!find("phone-board-view >> .panel")`));
      if (what === "PNG") await picture(alice, "board-more", desk, "light");
      await alice.evaluate(
        `[...find("phone-board-view").renderRoot.querySelectorAll(".line")].find((one) => one.textContent.includes("${what}")).click()`,
      );
    }
    await until("both files", () => alice.evaluate("saved.length === 2"));
    const svg = String(await alice.evaluate(`saved.find(({ type }) => type === "image/svg+xml").text()`));
    assert.equal(svg.match(/<path /g)?.length, 9);
    assert.match(svg, /Budget &lt;b&gt;2027/);
    const size = await alice.evaluate(`(async () => {
      const bitmap = await createImageBitmap(saved.find(({ type }) => type === "image/png"));
      return [bitmap.width, bitmap.height];
    })()`);
    assert.ok(Array.isArray(size) && size.every((side) => side > 500), String(size));
  });

  it("has a name for everything that can be pressed, in both languages", async () => {
    for (const language of ["en", "fr"] as const) {
      await bob.look({ ...plain, size: desk, theme: "light", language });
      await until("the board again", () => bob.evaluate(`board()?.view().state === "ready"`), 10_000);
      const nameless = await bob.evaluate(`(() => {
        const view = find("phone-board-view");
        const roots = [view.renderRoot, find("phone-board-tools").renderRoot];
        return roots.flatMap((root) => [...root.querySelectorAll("button, a")])
          .filter((one) => !one.ariaLabel && !one.textContent.trim()).length;
      })()`);
      assert.equal(nameless, 0);
    }
    await bob.look({ ...plain, size: desk, theme: "light" });
    await until("the board again", () => bob.evaluate(`board()?.view().state === "ready"`), 10_000);
  });

  it("shows the same when it was moved as when it is painted anew", async () => {
    await alice.evaluate(`board().setBackground({ paper: "dots" })`);
    await until("dots", () => bob.evaluate(`board().view().background.paper === "dots"`));
    for (const tab of [alice, bob]) {
      const different = await tab.evaluate(`(async () => {
        const host = find("phone-board-view >> .surface");
        const canvas = host.querySelector("canvas");
        const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
        const pixels = () => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const move = async (deltaX, deltaY) => {
          host.dispatchEvent(new WheelEvent("wheel", { deltaX, deltaY, bubbles: true, cancelable: true }));
          await drawn();
        };
        const theme = async (theme) => {
          offhook.phone.preferences.choose({ theme });
          await drawn();
        };
        await theme("light");
        for (const [dx, dy] of [[40, 0], [0, 33], [-90, 21], [57, -80], [-7, 26]]) await move(dx, dy);
        const moved = pixels();
        await theme("dark");
        await theme("light");
        const anew = pixels();
        // The edge of a dot may be smoothed a little differently when it is painted with others.
        const different = moved.filter((value, at) => Math.abs(value - anew[at]) > 64).length;
        offhook.phone.preferences.choose({ theme: "auto" });
        return [different, new Set(anew).size > 8];
      })()`);
      assert.deepEqual(different, [0, true], `${tab.browser}: pixels that differ, and that there is something`);
    }
    await alice.evaluate(`board().setBackground({ paper: "plain" })`);
  });

  it("fits a desk and a telephone, light and dark", async () => {
    for (const tab of [alice, bob])
      for (const size of [desk, narrow])
        for (const theme of ["light", "dark"] as const) await picture(tab, "board", size, theme);
    await alice.evaluate(`find("phone-board-tools").folded = "inks"`);
    await picture(alice, "board-inks", narrow, "dark");
    await alice.evaluate(`find("phone-board-tools").folded = "shapes"`);
    await picture(alice, "board-shapes", narrow, "light");
    await alice.evaluate(`press("phone-board-view >> [aria-label=People]")`);
    await picture(alice, "board-people", narrow, "light");
    await picture(alice, "board-people", desk, "dark");
    await alice.evaluate(`location.hash = "#/boards"`);
    await until("the list", () => alice.evaluate(`!!find("[data-testid=board]")`));
    for (const theme of ["light", "dark"] as const) await picture(alice, "boards", narrow, theme);
    await alice.look({ ...plain, size: desk, theme: "light" });
  });
});
