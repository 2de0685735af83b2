import { existsSync } from "node:fs";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { barePage, earsScript, soundOf, type Heard } from "./ears.ts";
import { judgeTone, type Sound, type ToneJudgement } from "./tone.ts";
import { until } from "./until.ts";

export const firefoxPath = "/usr/bin/firefox-esr";
export const firefoxInstalled = (): boolean => existsSync(firefoxPath);

export interface FirefoxOptions {
  /** False: its own devices, and its own questions. */
  readonly fake?: boolean;
  readonly toneHz?: number;
  readonly executable?: string;
  /** Where the browser is driven; any free port otherwise. */
  readonly debuggingPort?: number;
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Firefox with a microphone that sends a tone. It gathers candidates only on a machine with a default route
 * (see netns.ts), and without a sound card its AudioContext never runs: `record` listens by MediaRecorder.
 */
export class Firefox {
  readonly browser: Browser;

  private constructor(browser: Browser) {
    this.browser = browser;
  }

  static async launch(options: FirefoxOptions = {}): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: options.executable ?? firefoxPath,
      headless: true,
      acceptInsecureCerts: true,
      ...(options.debuggingPort !== undefined && { debuggingPort: options.debuggingPort }),
      extraPrefsFirefox: {
        "media.navigator.streams.fake": options.fake ?? true,
        "media.navigator.permission.disabled": true,
        "media.navigator.audio.fake_frequency": options.toneHz ?? 1000,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "media.gmp-manager.updateEnabled": false,
        "app.update.enabled": false,
        ...options.preferences,
      },
    });
    return new Firefox(browser);
  }

  /** A page with ears. */
  async page(): Promise<Page> {
    const page = await this.browser.newPage();
    await page.evaluateOnNewDocument(earsScript);
    return page;
  }

  /** A page with a peer connection (`window.bare`), served from `origin`, which must answer with `barePage`. */
  async barePage(origin: string): Promise<Page> {
    const page = await this.page();
    await page.goto(origin);
    await page.evaluate("bare.open()");
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

export { barePage };

/** What the page hears in the next `ms` milliseconds. */
export async function record(page: Page, ms = 1500): Promise<Sound> {
  return soundOf((await page.evaluate(`ears.record(${ms})`)) as Heard);
}

/** Waits until the page hears `hz` by the rule of `judgeTone`. */
export async function hearsTone(page: Page, hz: number, otherHz: number, withinMs = 10_000): Promise<ToneJudgement> {
  const look = async (): Promise<ToneJudgement | undefined> => {
    const judgement = judgeTone(await record(page), hz, otherHz);
    return judgement.heard ? judgement : undefined;
  };
  return until(`Firefox hears ${hz} Hz`, look, withinMs);
}
