import type { Timer } from "../gateway/base/clock.ts";
import { Emitter } from "../gateway/base/emitter.ts";
import type { Answer, ServerEvent, SessionInfo, StandingCall } from "../gateway/protocol/server-frame.ts";
import type { BrowserInfo } from "../gateway/protocol/values.ts";
import { backOffMs } from "./back-off.ts";
import { asClientError, ClientError, isUnknownSession } from "./client-error.ts";
import type { Connection, Fact } from "./connection.ts";
import { Dialer } from "./dialer.ts";
import { comesBack, hopeless, isSilence, type CloseReason } from "./link-rules.ts";
import type { Platform, SocketPort } from "./platform.ts";
import { httpOrigin } from "./gateway-address.ts";
import { Progress, type Resumed } from "./progress.ts";
import { Renewal, type TokenSource } from "./renewal.ts";
import { Requests, type AnswerOf, type AnswerType, type Request } from "./requests.ts";
import type { Tab, Ticket } from "./tab.ts";
import type { TransportChoice, TransportName } from "./transport.ts";
import type { Wishes } from "./wishes.ts";

export type LinkState = "connecting" | "connected" | "reconnecting" | "closed";

export interface Credentials {
  readonly token?: TokenSource | undefined;
  readonly user?: string | undefined;
  readonly appKey?: string | undefined;
  readonly displayName?: string | undefined;
  /** Asked for with each new session. */
  readonly wishes: Wishes;
  readonly browser?: Promise<BrowserInfo | undefined> | undefined;
  /** False: calls of the page's last load end (default: it goes on with them). */
  readonly keepCalls?: boolean | undefined;
}

/** A call that goes on although the page was loaded anew. */
export interface Standing extends StandingCall {
  readonly muted: boolean;
}

interface Who {
  readonly token?: string;
  readonly user?: string;
  readonly appKey?: string;
}

/** Requests whose answers can be asked for when a session is resumed. */
const maxAsked = 256;

/**
 * The signed-in way to the gateway. A lost connection is replaced by a new one, with back-off, that goes on with the
 * session: what was missed comes once and in order, what was asked is answered.
 *
 *     connecting ──► connected ◄──► reconnecting
 *          └─────────────┴──────────────┴──► closed
 */
export class Link {
  readonly events = new Emitter<{
    state: [LinkState, reason?: string];
    /** A session that nothing is known of yet: a new one, or one that must be read anew. */
    opened: [SessionInfo];
    /** After a reload: calls that are up. What was missed of them comes after. */
    standing: [readonly Standing[]];
    /** The session went on, and everything that was missed has come. */
    resumed: [Resumed];
    /** The session is gone with all its calls; a new one follows unless the link was closed, for that reason. */
    lost: [closed?: string];
    /** An answer that nobody waits for any more. */
    stray: [Answer];
    fact: [ServerEvent];
    expiring: [inMs: number];
    problem: [ClientError];
    transport: [TransportName];
  }>();
  readonly #platform: Platform;
  readonly #url: string;
  readonly #credentials: Credentials;
  readonly #tab: Tab;
  /** Ids of calls: what the last load of the page had muted, and what this one has. */
  readonly #wasMuted: readonly string[];
  #muted: () => readonly string[] = () => [];
  readonly #requests: Requests;
  readonly #renewal: Renewal;
  readonly #dialer: Dialer;
  readonly #offs: (() => void)[];
  #state: LinkState = "connecting";
  #signedIn = false;
  /** The session, while it may be gone on with. */
  #session: { readonly id: string; readonly graceMs: number; readonly reload: boolean } | undefined;
  #progress = new Progress();
  #grace: Timer | undefined;
  #closeReason: string | undefined;
  #attempt = 0;
  #retry: Timer | undefined;
  /** Of the last request. A reloaded page that goes on with its session must not repeat one: that would not be done. */
  #ids: number;

  constructor(platform: Platform, url: string, credentials: Credentials, tab: Tab, choice: TransportChoice = "auto") {
    this.#platform = platform;
    this.#url = url;
    this.#ids = Math.floor(platform.random() * 1e12);
    this.#credentials = credentials;
    this.#tab = tab;
    this.#dialer = new Dialer({ platform, url, choice, newId: this.#newId, seq: () => this.#progress.seq });
    this.#dialer.events.on("fact", (fact) => this.#onFact(fact));
    this.#dialer.events.on("answer", (answer) => {
      if (!this.#requests.take(answer)) this.events.emit("stray", answer);
    });
    this.#dialer.events.on("alive", (seq) => {
      this.#attempt = 0;
      this.#progress.told(seq);
    });
    this.#dialer.events.on("lost", (replaced) => this.#onLost(replaced));
    this.#dialer.events.on("better", (socket) => void this.#switchTo(socket));
    this.#requests = new Requests(platform.clock, this.#newId);
    this.#renewal = new Renewal(platform.clock, credentials.token, {
      renew: (token) => this.request({ type: "session.renew", token }, "ok", () => undefined),
      problem: (why) => this.events.emit("problem", why),
    });
    const ticket = tab.ticket(url);
    if (ticket) this.#session = { id: ticket.sessionId, graceMs: 0, reload: true };
    if (ticket) this.#progress = new Progress(ticket.seq);
    this.#wasMuted = ticket?.muted ?? [];
    tab.keep(() => this.#ticket());
    this.#offs = [
      platform.onPage("left", () => this.#dialer.drop()),
      ...(["returned", "online", "offline", "visible"] as const).map((event) =>
        platform.onPage(event, () => this.#look()),
      ),
    ];
  }

  /** `muted` is asked when the page is left: ids of the calls that are muted. */
  keepMuted(muted: () => readonly string[]): void {
    this.#muted = muted;
  }

  get transport(): TransportName {
    return this.#dialer.transport;
  }

  /** A path of the gateway as a whole address; what is one stays. */
  address(path: string): string {
    return path.startsWith("/") ? httpOrigin(this.#url) + path : path;
  }

  get state(): LinkState {
    return this.#state;
  }

  /**
   * The first connection.
   * @throws ClientError why there is none; the link is closed then
   */
  async open(): Promise<void> {
    try {
      await this.#signIn();
    } catch (thrown) {
      const why = asClientError(thrown, "unreachable");
      this.close(why.code);
      throw why;
    }
  }

  /**
   * One that is lost on the way is sent again when the session goes on, and is done once.
   * @throws ClientError `unreachable` while there is no connection, or when the session is gone; else as the gateway
   * refused
   */
  request<Type extends AnswerType, Result>(
    request: Request,
    expected: Type | readonly Type[],
    read: (answer: AnswerOf<Type>) => Result | Promise<Result>,
    deadlineMs?: number,
  ): Promise<Result> {
    if (!this.#signedIn) return Promise.reject(new ClientError("unreachable"));
    return this.#requests.ask(request, expected, read, deadlineMs);
  }

  close(reason: string): void {
    if (this.#state === "closed") return;
    this.#closeReason = reason;
    this.#enter("closed", reason);
    for (const off of this.#offs) off();
    this.#tab.close();
    this.#retry?.cancel();
    this.#dialer.close();
    this.#forget();
  }

  #ticket(): Ticket | undefined {
    const { seq } = this.#progress;
    return this.#session && { url: this.#url, sessionId: this.#session.id, seq, muted: this.#muted() };
  }

  readonly #newId = (): string => String(++this.#ids);

  #enter(state: LinkState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.events.emit("state", state, reason);
  }

  /** Opens a connection, and on it goes on with the session or opens one. */
  async #signIn(): Promise<void> {
    const who = await this.#who();
    if (this.#state === "closed") throw new ClientError("aborted");
    const connection = await this.#dialer.dial();
    try {
      await this.#enterOn(connection, who);
    } catch (thrown) {
      // Some proxies let a WebSocket open and then nothing through.
      if (!isSilence(thrown) || !this.#dialer.failed()) throw thrown;
      connection.close();
      await this.#enterOn(await this.#dialer.dial(), who);
    }
  }

  async #who(): Promise<Who> {
    const { token, user, appKey } = this.#credentials;
    const fresh = typeof token === "function" ? await token() : token;
    return {
      ...(fresh === undefined ? {} : { token: fresh }),
      ...(user === undefined ? {} : { user }),
      ...(appKey === undefined ? {} : { appKey }),
    };
  }

  async #enterOn(connection: Connection, who: Who): Promise<void> {
    if (await this.#resume(connection, who)) return;
    const { displayName, wishes } = this.#credentials;
    const { instance } = this.#tab;
    const name = displayName === undefined ? {} : { displayName };
    const known = this.#credentials.browser && (await this.#credentials.browser);
    await connection.request(
      { type: "session.open", instance, ...wishes.fields(), ...who, ...name, ...(known && { browser: known }) },
      "session.opened",
      (opened) => this.#opened(connection, opened),
    );
  }

  /** False when there is no session to go on with. */
  async #resume(connection: Connection, who: Who): Promise<boolean> {
    if (!this.#session) return false;
    const { id: sessionId, reload } = this.#session;
    const asked = this.#requests.open.slice(-maxAsked);
    const { seq } = this.#progress;
    const anew = reload ? { reload, renews: this.#credentials.keepCalls !== false } : {};
    try {
      await connection.request(
        { type: "session.resume", ...who, sessionId, seq, asked, ...anew },
        "session.resumed",
        (resumed) => this.#resumed(connection, resumed),
      );
      return true;
    } catch (thrown) {
      if (!isUnknownSession(thrown)) throw thrown;
      this.#forget();
      return false;
    }
  }

  /** WebSocket works again: the session goes on there. What is on its way by the old connection comes again. */
  async #switchTo(socket: SocketPort): Promise<void> {
    const who = await this.#who().catch(() => undefined);
    if (!who || !this.#signedIn || !this.#session) return socket.close();
    this.#requests.detach();
    const [connection, before] = this.#dialer.over(socket);
    const resumed = await this.#resume(connection, who).catch(() => false);
    before?.close();
    if (!resumed) connection.close();
  }

  #opened(connection: Connection, opened: SessionInfo): void {
    this.#progress = new Progress();
    this.#up(connection, opened);
    this.events.emit("opened", opened);
    this.#enter("connected");
  }

  #resumed(connection: Connection, resumed: AnswerOf<"session.resumed">): void {
    const anew = this.#session?.reload || resumed.resync;
    this.#progress.resumed(resumed);
    this.#up(connection, resumed);
    if (anew) this.events.emit("opened", resumed);
    this.#enter("connected");
    const muted = new Set(this.#wasMuted);
    const standing = (resumed.standing ?? []).map((call) => ({ ...call, muted: muted.has(call.callId) }));
    if (standing.length > 0) this.events.emit("standing", standing);
    this.#onCaughtUp();
  }

  #up(connection: Connection, { sessionId: id, graceMs, expiresInMs }: SessionInfo): void {
    this.#session = graceMs === undefined ? undefined : { id, graceMs, reload: false };
    this.#grace?.cancel();
    this.#signedIn = true;
    this.#renewal.in(expiresInMs);
    this.#requests.attach((text) => connection.send(text));
    this.#dialer.up();
    this.events.emit("transport", this.#dialer.transport);
  }

  #onFact(fact: Fact): void {
    if (!this.#progress.take(fact)) return;
    if (fact.type === "session.closed") return this.#onClosed(fact.reason);
    if (fact.type === "session.expiring") this.#onExpiring(fact.inMs);
    else this.events.emit("fact", fact);
    if (this.#progress.due) this.#dialer.connection?.ping();
    this.#onCaughtUp();
  }

  #onCaughtUp(): void {
    const resumed = this.#progress.caughtUp();
    if (resumed) this.events.emit("resumed", resumed);
  }

  #onClosed(reason: CloseReason): void {
    this.#session = undefined;
    const canRenew = reason !== "token-expired" || typeof this.#credentials.token === "function";
    if (comesBack[reason] && canRenew) return this.#dialer.drop();
    if (reason === "token-expired") this.events.emit("problem", new ClientError("token-expired"));
    this.close(reason);
  }

  /** `replaced`: somebody else has the session. */
  #onLost(replaced: boolean): void {
    this.#renewal.cancel();
    if (!this.#signedIn) return;
    this.#signedIn = false;
    this.#requests.detach();
    if (this.#state !== "closed") this.#enter("reconnecting");
    if (replaced || !this.#session) this.#forget();
    else this.#grace = this.#platform.clock.after(this.#session.graceMs, () => this.#forget());
    this.#scheduleRetry();
  }

  /** The session is gone, and what was asked in it. */
  #forget(): void {
    this.#session = undefined;
    this.#grace?.cancel();
    this.#requests.lose(new ClientError("unreachable"));
    this.events.emit("lost", this.#closeReason);
  }

  #scheduleRetry(): void {
    if (this.#state !== "reconnecting") return;
    const ms = backOffMs(this.#attempt++, () => this.#platform.random());
    this.#retry = this.#platform.clock.after(ms, () => void this.#reopen());
  }

  /** Something has changed that the connection may not have survived, or that may let a new one succeed. */
  #look(): void {
    if (this.#state !== "reconnecting") return this.#dialer.connection?.ping();
    if (this.#dialer.connection || !this.#platform.online()) return;
    this.#retry?.cancel();
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    try {
      await this.#signIn();
    } catch (thrown) {
      this.#giveUpOrRetry(asClientError(thrown, "unreachable"));
    }
  }

  #giveUpOrRetry(why: ClientError): void {
    const stale = why.code === "token-expired" && typeof this.#credentials.token !== "function";
    this.#dialer.drop();
    if (this.#state !== "reconnecting") return;
    if (!stale && !(hopeless.has(why.code) && why.retry === "never")) return this.#scheduleRetry();
    this.events.emit("problem", why);
    this.close(why.code);
  }

  #onExpiring(inMs: number): void {
    this.events.emit("expiring", inMs);
    this.#renewal.in(inMs);
  }
}
