import type { TestGateway } from "./gateway.ts";
import { domain } from "./gateway.ts";
import { until } from "./until.ts";

export interface PageCall {
  readonly state: string;
  readonly earlyMedia: boolean;
  readonly digits: string;
  readonly hold: { readonly local: boolean; readonly remote: boolean };
  readonly end?: {
    readonly by: string;
    readonly reason: string;
    readonly sip?: number;
    readonly q850?: number;
    readonly text: string;
    readonly durationMs: number;
  };
}

/** What Playwright's and Puppeteer's pages have in common. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
}

type Target = { user: string } | { tel: string } | { sip: string };

/** The product's page with somebody signed in, driven through its library; what it shows is tested elsewhere. */
export class PhonePage<P extends Page> {
  readonly page: P;

  constructor(page: P) {
    this.page = page;
  }

  /** Opens the page and signs in as `name` of the test domain. */
  static async open<P extends Page>(page: P, gateway: Pick<TestGateway, "url">, name: string): Promise<PhonePage<P>> {
    await page.goto(gateway.url);
    await page.evaluate(`window.offhook.phone.signIn({ user: "${name}@${domain}" })`);
    const phone = new PhonePage(page);
    await until(`${name} signed in`, async () => (await phone.session()) === "connected", 10_000);
    await phone.watch();
    return phone;
  }

  /** Takes note of the calls from now on; after each load of the page. */
  async watch(): Promise<void> {
    await this.page.evaluate(watchCalls);
  }

  async session(): Promise<string> {
    return String(await this.page.evaluate("window.offhook.session?.view().state ?? 'none'"));
  }

  /** Starts a call; its id in this page is `calls[0]`, the next `calls[1]`. */
  async call(target: Target): Promise<void> {
    await this.page.evaluate(`window.test.call(${JSON.stringify(target)})`);
  }

  async answer(): Promise<void> {
    await this.state("offered");
    await this.page.evaluate("window.test.last().answer()");
  }

  async reject(reason?: "busy" | "declined"): Promise<void> {
    await this.state("offered");
    await this.page.evaluate(`window.test.last().reject(${reason ? JSON.stringify(reason) : ""})`);
  }

  /** Waits until the far side has put us on hold, or taken us off. */
  async held(on: boolean): Promise<void> {
    await until(`hold ${on}`, async () => (await this.current())?.hold.remote === on);
  }

  async mute(): Promise<void> {
    await this.page.evaluate(`window.test.last().mute("audio", true)`);
  }

  async end(): Promise<void> {
    await this.page.evaluate("window.test.last().end()");
  }

  async digits(digits: string): Promise<void> {
    await this.page.evaluate(`window.test.last().sendDigits(${JSON.stringify(digits)})`);
  }

  /** The last call; undefined when there was none. */
  async current(): Promise<PageCall | undefined> {
    return (await this.page.evaluate("window.test.read()")) as PageCall | undefined;
  }

  /** Waits until the last call is in `state`. */
  async state(state: string, withinMs = 8000): Promise<PageCall> {
    let seen: PageCall | undefined;
    const look = async (): Promise<PageCall | undefined> => {
      seen = await this.current();
      return seen?.state === state ? seen : undefined;
    };
    return until(`call ${state}`, look, withinMs).catch(() => {
      throw new Error(`the page's call is not ${state} within ${withinMs} ms but ${JSON.stringify(seen)}`);
    });
  }

  /** Waits for the end of the last call and returns it. */
  async ended(withinMs = 8000): Promise<NonNullable<PageCall["end"]>> {
    const { end } = await this.state("ended", withinMs);
    if (!end) throw new Error("ended without a reason");
    return end;
  }

  /** Signs out: what the page has is released in order. */
  async signOut(): Promise<void> {
    await this.page.evaluate("window.offhook.phone.signOut()");
  }
}

/** Keeps every call that the session has, also those that it has forgotten. */
const watchCalls = `(() => {
  const calls = [];
  const digits = new Map();
  const keep = (call) => {
    if (calls.includes(call)) return;
    calls.push(call);
    digits.set(call, "");
    call.on("digits", (key) => digits.set(call, digits.get(call) + key));
  };
  const { session } = window.offhook;
  session.on("incoming", keep);
  for (const call of session.calls.view().calls) keep(call);
  window.test = {
    calls,
    last: () => calls.at(-1),
    call: async (target) => keep(await session.call(target)),
    read: () => {
      const call = calls.at(-1);
      if (!call) return undefined;
      const { state, earlyMedia, hold, end } = call.view();
      return { state, earlyMedia, hold, end, digits: digits.get(call) };
    },
  };
})()`;
