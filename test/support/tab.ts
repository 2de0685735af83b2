import { Chromium } from "./chromium.ts";
import { Firefox } from "./firefox.ts";

/** How a page is looked at. */
export interface Look {
  readonly size: { readonly width: number; readonly height: number };
  readonly theme: "light" | "dark";
  readonly language: "en" | "fr";
  readonly forcedColours: boolean;
  readonly reducedMotion: boolean;
}

export const plain = { language: "en", forcedColours: false, reducedMotion: false } as const;

/** The only tab of a browser of its own: what Playwright's and Puppeteer's pages have in common. */
export interface Tab {
  readonly browser: "chromium" | "firefox";
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  /** From now on. Theme and language are chosen in the page, once it stands. */
  look(look: Look): Promise<void>;
  picture(): Promise<Buffer>;
  /** The mouse goes down at the first point, through the others, and up at the last; pixels of the page. */
  drag(points: readonly (readonly [x: number, y: number])[]): Promise<void>;
  close(): Promise<unknown>;
}

/** In another language the page is drawn anew, and so in its own only when it has to be. */
const choose = ({ theme, language }: Look): string => `(async () => {
  const preferences = window.offhook?.phone.preferences;
  preferences?.choose({ theme: "${theme}" });
  if (!preferences || preferences.view().spoken === "${language}") return;
  preferences.choose({ language: "${language}" });
  while (preferences.view().spoken !== "${language}") await new Promise(requestAnimationFrame);
})()`;

/** `init` runs before each page. */
export async function chromiumTab(init: string): Promise<Tab> {
  const { browser, ...chromium } = await opened(Chromium.launch());
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC" });
  const page = await context.newPage();
  await page.addInitScript(init);
  return {
    browser: "chromium",
    goto: (url) => page.goto(url),
    evaluate: (script) => page.evaluate(script),
    look: async (look) => {
      const { size, forcedColours, reducedMotion } = look;
      await page.setViewportSize(size);
      await page.emulateMedia({
        forcedColors: forcedColours ? "active" : "none",
        reducedMotion: reducedMotion ? "reduce" : "no-preference",
      });
      await page.evaluate(choose(look));
    },
    picture: () => page.screenshot({ animations: "disabled", caret: "hide" }),
    drag: (points) => drag(page.mouse, points),
    close: chromium.close,
  };
}

/** Colours cannot be forced there. */
export async function firefoxTab(init: string): Promise<Tab> {
  const { browser, ...firefox } = await opened(Firefox.launch());
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(init);
  return {
    browser: "firefox",
    goto: (url) => page.goto(url),
    evaluate: (script) => page.evaluate(script),
    look: async (look) => {
      await page.setViewport(look.size);
      await page.evaluate(choose(look));
    },
    picture: async () => Buffer.from(await page.screenshot()),
    drag: (points) => drag(page.mouse, points),
    close: firefox.close,
  };
}

interface Mouse {
  move(x: number, y: number): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
}

async function drag(mouse: Mouse, [first, ...others]: readonly (readonly [number, number])[]): Promise<void> {
  if (!first) return;
  await mouse.move(...first);
  await mouse.down();
  for (const point of others) await mouse.move(...point);
  await mouse.up();
}

async function opened<B>(launched: Promise<{ browser: B; close(): Promise<void> }>) {
  const one = await launched;
  return { browser: one.browser, close: () => one.close() };
}
