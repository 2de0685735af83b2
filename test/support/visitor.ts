import { Chromium, hearsTone as chromiumHears } from "./chromium.ts";
import { Firefox, hearsTone as firefoxHears, type FirefoxOptions } from "./firefox.ts";
import { bringOut, type Island } from "./netns.ts";
import { claimPorts } from "./ports.ts";
import { until } from "./until.ts";

/** What Playwright's and Puppeteer's pages have in common. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
}

export const browsers = ["Chromium", "Firefox"] as const;
export type BrowserName = (typeof browsers)[number];

export interface VisitorOptions {
  readonly name: BrowserName;
  readonly island: Island;
  /** The frequency of its microphone. */
  readonly toneHz: number;
  readonly args?: readonly string[];
  readonly preferences?: FirefoxOptions["preferences"];
}

export interface Problem {
  readonly code: string;
  readonly detail?: string;
  readonly text: string;
}

/** Somebody with a browser in a network of their own, who has the phone page open. No flag touches its networking. */
export class Visitor {
  readonly page: Page;
  readonly #hears: (hz: number, otherHz: number) => Promise<unknown>;
  readonly #close: () => Promise<void>;

  private constructor(
    page: Page,
    hears: (hz: number, otherHz: number) => Promise<unknown>,
    close: () => Promise<void>,
  ) {
    this.page = page;
    this.#hears = hears;
    this.#close = close;
  }

  static open(options: VisitorOptions): Promise<Visitor> {
    return options.name === "Chromium" ? Visitor.#chromium(options) : Visitor.#firefox(options);
  }

  static async #chromium({ island, toneHz, args = [] }: VisitorOptions): Promise<Visitor> {
    const browser = await Chromium.launch({ toneHz, args, executable: island.wrap("/usr/bin/chromium") });
    const page = await browser.page();
    return new Visitor(
      page,
      (hz, otherHz) => chromiumHears(page, hz, otherHz, 15_000),
      () => browser.close(),
    );
  }

  static async #firefox({ island, toneHz, preferences = {} }: VisitorOptions): Promise<Visitor> {
    const ports = await claimPorts(1);
    const stopForwarding = await bringOut(island, ports.first);
    const browser = await Firefox.launch({
      toneHz,
      preferences,
      debuggingPort: ports.first,
      executable: island.wrap("/usr/bin/firefox-esr"),
    });
    const page = await browser.page();
    return new Visitor(
      page,
      (hz, otherHz) => firefoxHears(page, hz, otherHz, 20_000),
      async () => {
        await browser.close();
        stopForwarding();
        await ports.release();
      },
    );
  }

  /** Opens `url`; with `user` signs in there by the development sign-in, else the address itself does it. */
  async enter(url: string, user?: string): Promise<void> {
    await this.page.goto(url);
    await until("the page", () => this.page.evaluate("Boolean(window.offhook?.phone)"), 15_000);
    if (user !== undefined) await this.page.evaluate(`window.offhook.phone.signIn({ user: "${user}" })`);
    await this.signedIn();
  }

  async signedIn(): Promise<void> {
    const state = "window.offhook.session?.view().state";
    await until("signed in", async () => (await this.page.evaluate(state)) === "connected", 20_000);
  }

  /** Calls, and keeps what is said of the call. `listen`: without a microphone. */
  async call(target: { user: string } | { tel: string }, { listen = false } = {}): Promise<void> {
    const microphone = "{ noiseSuppression: false, echoCancellation: false, autoGainControl: false }";
    await this.page.evaluate(`(async () => {
      const media = { audio: ${listen ? "false" : microphone} };
      const problems = (window.problems = []);
      window.call = await window.offhook.session.call(${JSON.stringify(target)}, { media });
      window.call.on("problem", ({ code, detail, message }) => problems.push({ code, detail, text: message }));
    })()`);
  }

  async connected(): Promise<void> {
    await until(
      "connected",
      async () => (await this.page.evaluate("window.call.view().state")) === "connected",
      15_000,
    );
  }

  async hears(hz: number, otherHz: number): Promise<void> {
    await this.#hears(hz, otherHz);
  }

  /** The first thing that went wrong with the call. */
  async problem(withinMs = 20_000): Promise<Problem> {
    const look = async (): Promise<Problem | undefined> => (await this.problems())[0];
    return until("a problem of the call", look, withinMs);
  }

  async problems(): Promise<Problem[]> {
    return (await this.page.evaluate("window.problems")) as Problem[];
  }

  async end(): Promise<void> {
    await this.page.evaluate("window.call.end()");
  }

  close(): Promise<void> {
    return this.#close();
  }
}
