import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { barePage, earsScript, soundOf, toneMicrophoneScript, type Heard } from "./ears.ts";
import { judgeTone, sine, writeWav, type Sound, type ToneJudgement } from "./tone.ts";
import { elapsed, until } from "./until.ts";

export interface ChromiumOptions {
  /** The frequency of the fake microphone of all pages (default 1000). */
  readonly toneHz?: number;
  /** More command line flags. */
  readonly args?: readonly string[];
  /** Runs inside this network namespace. */
  readonly executable?: string;
}

export const chromiumPath = "/usr/bin/chromium";
export const chromiumInstalled = (): boolean => existsSync(chromiumPath);

/**
 * Chromium with a microphone that sends a tone. No flag touches ICE or DTLS: what connects here connects for a user.
 */
export class Chromium {
  readonly browser: Browser;
  readonly #dir: string;

  private constructor(browser: Browser, dir: string) {
    this.browser = browser;
    this.#dir = dir;
  }

  static async launch({
    toneHz = 1000,
    args = [],
    executable = chromiumPath,
  }: ChromiumOptions = {}): Promise<Chromium> {
    const dir = mkdtempSync(join(tmpdir(), "chromium-"));
    const microphone = join(dir, "microphone.wav");
    // Whole periods: the file is played in a loop.
    writeWav(microphone, sine(toneHz, { seconds: 10 }));
    const browser = await chromium.launch({
      executablePath: executable,
      args: [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-audio-capture=${microphone}`,
        "--autoplay-policy=no-user-gesture-required",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        ...args,
      ],
    });
    return new Chromium(browser, dir);
  }

  /** A page in a browser context of its own, with ears. `toneHz` gives it a microphone of its own. */
  async page(options: { toneHz?: number } = {}): Promise<Page> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.addInitScript(earsScript);
    if (options.toneHz) await page.addInitScript(toneMicrophoneScript(options.toneHz));
    return page;
  }

  /** A page with a peer connection (`window.bare`) that is ready to offer or answer. */
  async barePage(options: { toneHz?: number } = {}): Promise<BarePage> {
    const page = await this.page(options);
    // localhost is a secure context, and no server is needed.
    await page.route("http://localhost/**", (route) => route.fulfill({ contentType: "text/html", body: barePage }));
    await page.goto("http://localhost/");
    await page.evaluate("bare.open()");
    return new BarePage(page);
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** The functions of `window.bare`, typed. */
export class BarePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  offer(options: { gather?: boolean; iceRestart?: boolean } = {}): Promise<string> {
    return this.page.evaluate(`bare.offer(${JSON.stringify(options)})`);
  }

  answer(sdp: string, options: { gather?: boolean } = {}): Promise<string> {
    return this.page.evaluate(`bare.answer(${JSON.stringify(sdp)}, ${JSON.stringify(options)})`);
  }

  async accept(sdp: string): Promise<void> {
    await this.page.evaluate(`bare.accept(${JSON.stringify(sdp)})`);
  }

  async connected(withinMs = 8000): Promise<void> {
    const state = (): Promise<unknown> => this.page.evaluate("bare.state()");
    await until("the page's connection", async () => (await state()) === "connected", withinMs);
  }

  async digit(key: string): Promise<void> {
    await this.page.evaluate(`bare.digit(${JSON.stringify(key)})`);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** What the page heard in the last 683 ms. */
export async function hear(page: Page): Promise<Sound> {
  return soundOf((await page.evaluate("ears.listen()")) as Heard);
}

/** What the page hears in the next milliseconds: all of it, however busy the machine is. */
export async function hearAll(page: Page, ms: number): Promise<Sound> {
  return soundOf((await page.evaluate(`ears.record(${ms})`)) as Heard);
}

/** Waits until the page hears `hz` by the rule of `judgeTone`. */
export async function hearsTone(page: Page, hz: number, otherHz: number, withinMs = 8000): Promise<ToneJudgement> {
  return until(`the page hears ${hz} Hz`, () => heardNow(page, hz, otherHz), withinMs);
}

/** Listens for `forMs` and fails when `hz` is heard. */
export async function hearsNoTone(page: Page, hz: number, otherHz: number, forMs = 1500): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    if (await heardNow(page, hz, otherHz)) throw new Error(`the page hears ${hz} Hz, and should not`);
    await elapsed(100);
  }
}

async function heardNow(page: Page, hz: number, otherHz: number): Promise<ToneJudgement | undefined> {
  const judgement = judgeTone(await hear(page), hz, otherHz);
  return judgement.heard ? judgement : undefined;
}
