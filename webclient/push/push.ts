import { ClientError, LiveObject, type Channel, type Session } from "../index.ts";
import { browserPush, type PushBrowser } from "./browser-push.ts";

/**
 * `checking` not known yet; `insecure` the page came over plain http; `unsupported` the browser has no push, or shows this
 * page none (a private window; on iPhone and iPad a page that is not on the home screen); `unavailable` the gateway wakes
 * no browsers; `denied` the user has blocked notifications for the page; `off`; `on` this browser is woken.
 */
export type PushState = "checking" | "insecure" | "unsupported" | "unavailable" | "denied" | "off" | "on";

export interface PushView {
  readonly state: PushState;
}

export interface PushOptions {
  /** What notifications are to speak: `en` or `fr`; the service worker is told. */
  readonly language?: string;
  /** The surroundings; default: the browser. */
  readonly browser?: PushBrowser;
}

/** The part of a ServiceWorkerRegistration that is used. */
export type PushWorker = Pick<ServiceWorkerRegistration, "pushManager">;

/** Who of this browser's users is woken: another one is not told of that one's calls. */
const remembered = "offhook.push";

/**
 * Wakes this browser by Web Push when the user is called, or written to, and has no page open. What was switched on is
 * renewed by itself whenever the page opens. One a session is enough.
 */
export class Push extends LiveObject<PushView, Record<never, never>> {
  readonly #session: Session;
  readonly #channel: Channel;
  readonly #worker: PushWorker | undefined;
  readonly #language: string | undefined;
  readonly #browser: PushBrowser;
  readonly #offs: (() => void)[];
  #turn: Promise<unknown> = Promise.resolve();
  #key = "";
  /** Resolves when `state` is known. Never rejects. */
  readonly ready: Promise<void>;

  /** `worker`: the registration of the service worker that shows what comes; without one the state is `unsupported`. */
  constructor(
    session: Session,
    worker: PushWorker | undefined,
    { language, browser = browserPush() }: PushOptions = {},
  ) {
    super({ state: "checking" });
    this.#session = session;
    this.#channel = session.channel;
    this.#worker = worker;
    this.#language = language;
    this.#browser = browser;
    this.#offs = [
      this.#channel.onAgain((how) => void (how === "opened" && this.#inTurn(() => this.#check()).catch(() => {}))),
      this.#channel.onClosed(() => this.close()),
    ];
    this.ready = this.#inTurn(() => this.#check()).catch(() => {});
  }

  /**
   * Asks the user, where that was not done, and switches it on. To be called in a click. Resolves with the state, which is
   * `denied` or `off` when the user said no.
   * @throws ClientError `unsupported` when the browser's own push service does not serve it, or the gateway cannot reach
   * that; `unreachable`
   */
  enable(): Promise<PushState> {
    // In the click itself: what waits for an answer of the gateway is no click any more.
    const asked = this.#canAsk() ? this.#browser.ask() : undefined;
    return this.#inTurn(async () => {
      await asked?.catch(() => {});
      if (this.view().state === "checking") await this.#check();
      const state = this.#allowed();
      // Closing the browser's question is no answer.
      if (state !== "off" || this.#browser.permission() !== "granted") return this.#to(state);
      await this.#subscribe();
      return this.#to("on");
    });
  }

  /** Switches it off for this browser. @throws ClientError `unreachable`: the browser is off, and the gateway finds out */
  disable(): Promise<void> {
    return this.#inTurn(async () => {
      this.#browser.remember(remembered, undefined);
      const subscription = await this.#worker?.pushManager.getSubscription();
      if (this.view().state === "on") this.#to("off");
      if (!subscription) return;
      await subscription.unsubscribe();
      await this.#channel.ask(frame("push.unsubscribe", { endpoint: subscription.endpoint }), "ok");
    });
  }

  /** Follows nothing any more. What is on stays on. */
  close(): void {
    for (const off of this.#offs) off();
    this.finish();
  }

  /** What is true now, and renews what was on. */
  async #check(): Promise<void> {
    if (!this.#browser.secure) return void this.#to("insecure");
    if (!this.#browser.supported || !this.#worker) return void this.#to("unsupported");
    try {
      const { key } = (await this.#channel.ask({ type: "push.show" }, "push")) as { key: string };
      this.#key = key;
    } catch (thrown) {
      // Guests, and gateways that wake nobody.
      if (thrown instanceof ClientError && thrown.code === "unsupported") this.#to("unavailable");
      throw thrown;
    }
    const state = this.#allowed();
    const isOurs = this.#browser.recall(remembered) === this.#session.view().user;
    if (state !== "off" || !isOurs || this.#browser.permission() !== "granted") return void this.#to(state);
    try {
      await this.#subscribe();
      this.#to("on");
    } catch {
      this.#to("off");
    }
  }

  /** Why it cannot be switched on, or that it can. */
  #allowed(): PushState {
    if (this.#key === "") return this.view().state;
    return this.#browser.permission() === "denied" ? "denied" : "off";
  }

  #canAsk(): boolean {
    const { secure, supported } = this.#browser;
    return secure && supported && this.#worker !== undefined && this.#browser.permission() === "default";
  }

  /** Of another user, or made with another key, a subscription is given up first. */
  async #subscribe(): Promise<void> {
    const { user } = this.#session.view();
    const subscription = await this.#subscription(user);
    const { endpoint, expirationTime, keys = {} } = subscription.toJSON();
    await this.#channel.ask(
      frame("push.subscribe", {
        endpoint,
        p256dh: keys["p256dh"],
        auth: keys["auth"],
        ...(expirationTime != null && { expiresAt: Math.round(expirationTime) }),
        ...(this.#language !== undefined && { language: this.#language }),
      }),
      "ok",
    );
    this.#browser.remember(remembered, user);
  }

  async #subscription(user: string): Promise<PushSubscription> {
    const manager = this.#worker?.pushManager;
    if (!manager) throw new ClientError("unsupported");
    const known = await manager.getSubscription();
    const isGood = known && keyOf(known) === this.#key && this.#browser.recall(remembered) === user;
    if (isGood) return known;
    await known?.unsubscribe();
    try {
      return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: this.#key });
    } catch (cause) {
      const text = "The push service of this browser does not answer, or the browser has none.";
      throw new ClientError("unsupported", { text, cause });
    }
  }

  #to(state: PushState): PushState {
    this.update({ state });
    return state;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** The key that a subscription was made with, base64url. */
function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}

const frame = (type: string, fields: object): { readonly type: string } => ({ type, ...fields });
