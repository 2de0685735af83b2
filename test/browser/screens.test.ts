import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { difference } from "../support/picture.ts";
import { PageSite, stagedDay, welcome } from "../support/page-site.ts";
import { pageTools, screens, signInSimulated, type Screen } from "../support/screens.ts";
import { chromiumTab, firefoxTab, plain, type Look, type Tab } from "../support/tab.ts";
import { until } from "../support/until.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const output = join(root, "test-output/screens");
const kept = join(root, "test/vectors/screens");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const desk = { width: 1280, height: 800 };
const tablet = { width: 768, height: 1024 };
const phone = { width: 360, height: 740 };
const small = { width: 320, height: 640 };
/** 1280 by 800 at 200 %: WCAG 2.2 1.4.4. */
const zoomed = { width: 640, height: 400 };
/** All sizes in both browsers and both themes; without, Firefox draws two: its layout is Chromium's, but for fonts. */
const everything = process.env["OFFHOOK_TEST_ALL_SCREENS"] !== undefined;

/** One picture of a screen. */
interface Shot extends Look {
  readonly name: string;
  /** Axe looks too: a wide and a narrow layout, a light and a dark one; between them it has nothing new to see. */
  readonly axe?: boolean;
  /** Kept in test/vectors, where the screen is stable. */
  readonly kept?: boolean;
}

const shot = (size: Look["size"], theme: Look["theme"], more: Partial<Shot> = {}): Shot => ({
  ...plain,
  name: `${size.width}-${theme}`,
  size,
  theme,
  ...more,
});

const sizes = [desk, tablet, phone, small];
const inBothThemes = (some: typeof sizes): Shot[] => some.flatMap((size) => [shot(size, "light"), shot(size, "dark")]);

const chromiumShots: readonly Shot[] = [
  ...inBothThemes(sizes).map((one) => {
    const judged = one.name === "1280-light" || one.name === "360-dark";
    return judged ? { ...one, axe: true, kept: true } : one;
  }),
  shot(zoomed, "light", { name: "200-percent", axe: true }),
  shot(desk, "light", { name: "forced-colours", forcedColours: true, reducedMotion: true, axe: true }),
  // The longest words on the smallest screen.
  shot(small, "light", { name: "320-french", language: "fr" }),
];
const firefoxShots = inBothThemes(everything ? sizes : [desk, phone]);

/** Share of the cells of a picture that may look different: fonts are smoothed differently from machine to machine. */
const tolerance = 0.01;

/** Runs before the page: what its user chose there, and whether the check was done, as the address says. */
const prepared = `${stagedDay}
  try {
    localStorage.setItem("offhook.theme", "light");
    localStorage.setItem("offhook.language", "en");
    for (const name of ["status", "note"]) localStorage.removeItem("offhook." + name);
    localStorage.setItem("offhook.checked", location.search === "?checked" ? "on" : "off");
  } catch {}`;

/** Brings the tab to a screen. */
async function show(tab: Tab, site: PageSite, screen: Screen): Promise<void> {
  await tab.goto(site.url + (screen.signedIn ? "?checked" : ""));
  await tab.evaluate(pageTools);
  await until("the page", () => tab.evaluate(`offhook.phone.door.view().stage !== "loading"`), 20_000);
  if (screen.signedIn) await tab.evaluate(signInSimulated);
  if (screen.act) await tab.evaluate(`void (async () => { ${screen.act} })()`);
  await until(screen.name, () => tab.evaluate(`(() => !!(${screen.ready}))()`), 20_000);
}

/** Fonts are there, and two frames have passed: what was rendered is drawn. */
const drawn = (tab: Tab): Promise<unknown> =>
  tab.evaluate(`document.fonts.ready.then(() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(null)))))`);

/** What axe finds, in words. */
async function axe(tab: Tab): Promise<string[]> {
  await tab.evaluate(`window.axe ? null : (0, eval)(${JSON.stringify(axeSource)}), null`);
  return (await tab.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ": " + JSON.stringify(target) + " " + failureSummary)))`)) as string[];
}

/** Elements that are wider than the screen: nobody should scroll sideways to read (WCAG 2.2 1.4.10). */
const sideways = async (tab: Tab): Promise<string[]> =>
  (await tab.evaluate(`(() => {
    const wide = [];
    const look = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) look(element.shadowRoot);
        const { right, left, width, height } = element.getBoundingClientRect();
        if (width > 1 && height > 1 && (right > innerWidth + 1 || left < -1)) wide.push(element.localName + "." + element.className);
      }
    };
    look(document);
    if (document.documentElement.scrollWidth > innerWidth) wide.push("document");
    return wide.map((name) => "too wide: " + name);
  })()`)) as string[];

describe("every screen", function () {
  this.timeout(90_000);
  let site: PageSite;
  let chromium: Tab;
  let firefox: Tab;
  let canvas: Tab;

  before(async () => {
    for (const folder of [output, kept]) mkdirSync(folder, { recursive: true });
    [site, chromium, canvas, firefox] = await Promise.all([
      PageSite.open(),
      chromiumTab(prepared),
      chromiumTab(""),
      firefoxTab(prepared),
    ]);
  });

  after(async () => {
    await Promise.all([chromium, canvas, firefox].map((tab) => tab?.close()));
    await site?.close();
  });

  /** Draws the screen in each way; what is wrong with it. */
  async function faults(tab: Tab, screen: Screen, shots: readonly Shot[]): Promise<string[]> {
    await tab.look({ ...plain, size: desk, theme: "light" });
    await show(tab, site, screen);
    const found: string[] = [];
    for (const one of shots) {
      await tab.look(one);
      await drawn(tab);
      const picture = await tab.picture();
      writeFileSync(join(output, `${screen.name}-${one.name}-${tab.browser}.png`), picture);
      const wrong = [...(await sideways(tab)), ...(one.axe ? await axe(tab) : [])];
      if (one.kept && screen.stable) wrong.push(...(await changed(`${screen.name}-${one.name}`, picture)));
      found.push(...wrong.map((fault) => `${tab.browser}, ${one.name}: ${fault}`));
    }
    return found;
  }

  /** Against the picture that was committed. */
  async function changed(name: string, fresh: Buffer): Promise<string[]> {
    const file = join(kept, `${name}.webp`);
    const { share, small } = await difference(canvas, fresh, existsSync(file) ? readFileSync(file) : undefined);
    if (share === undefined || process.env["OFFHOOK_KEEP_SCREENS"]) writeFileSync(file, small);
    else if (share > tolerance)
      return [`${(100 * share).toFixed(1)} % looks different; OFFHOOK_KEEP_SCREENS=1 keeps it as it is now`];
    return [];
  }

  for (const screen of screens) {
    it(`${screen.name}: fits each width in both themes, zoomed, in forced colours; axe finds nothing`, async () => {
      site.welcome = "welcome" in screen ? screen.welcome : welcome;
      const found = await Promise.all([faults(chromium, screen, chromiumShots), faults(firefox, screen, firefoxShots)]);
      assert.deepEqual(found.flat(), []);
    });
  }
});
