import type { Timer } from "../gateway/base/clock.ts";
import { Emitter } from "../gateway/base/emitter.ts";
import type { Answer, ServerEvent, ServerFrameOf } from "../gateway/protocol/server-frame.ts";
import { backOffMs } from "./back-off.ts";
import { asClientError, ClientError, type ErrorCode } from "./client-error.ts";
import { Connection, type AnswerOf, type AnswerType, type Request } from "./connection.ts";
import type { Platform } from "./platform.ts";
import type { Wishes } from "./wishes.ts";

export type LinkState = "connecting" | "connected" | "reconnecting" | "closed";
type CloseReason = ServerFrameOf<"session.closed">["reason"];

export interface Credentials {
  /** A function is asked again for each new connection and before expiry. */
  readonly token?: string | (() => Promise<string>) | undefined;
  readonly user?: string | undefined;
  readonly appKey?: string | undefined;
  readonly displayName?: string | undefined;
  readonly instance: string;
  /** Asked for with each new session. */
  readonly wishes: Wishes;
}

/** Sign-ins that trying again cannot mend, when they say so themselves. */
const hopeless: ReadonlySet<ErrorCode> = new Set([
  "token-refused",
  "origin-refused",
  "not-allowed",
  "unsupported",
  "bad-target",
  "unreachable",
]);

/** What the gateway's goodbye means: `bad-frames` may be our own fault, so it comes back slowly like any other loss. */
const comesBack: Record<CloseReason, boolean> = {
  closed: false,
  replaced: false,
  "token-expired": true,
  "server-stopping": true,
  "bad-frames": true,
};

/**
 * A token is replaced when this much of its life is left, but not before four fifths have passed: however short tokens
 * live, there are at most a few a lifetime. After the first, the gateway says when the time has come.
 */
const renewBeforeMs = 60_000;
const renewalMs = (expiresInMs: number): number => Math.max(expiresInMs - renewBeforeMs, expiresInMs * 0.8);

/**
 * The signed-in way to the gateway. A lost connection is replaced by a new one, with back-off:
 *
 *     connecting ──► connected ◄──► reconnecting
 *          └─────────────┴──────────────┴──► closed
 */
export class Link {
  readonly events = new Emitter<{
    state: [LinkState, reason?: string];
    opened: [AnswerOf<"session.opened">];
    /** The session is gone with all its calls; a new one follows unless the link was closed, for that reason. */
    lost: [closed?: string];
    /** An answer that nobody waits for any more. */
    stray: [Answer];
    fact: [ServerEvent];
    expiring: [inMs: number];
    problem: [ClientError];
  }>();
  readonly #platform: Platform;
  readonly #url: string;
  readonly #credentials: Credentials;
  readonly #offs: (() => void)[];
  #state: LinkState = "connecting";
  #connection: Connection | undefined;
  #signedIn = false;
  #closeReason: string | undefined;
  #attempt = 0;
  #retry: Timer | undefined;
  #renewal: Timer | undefined;

  constructor(platform: Platform, url: string, credentials: Credentials) {
    this.#platform = platform;
    this.#url = url;
    this.#credentials = credentials;
    this.#offs = [
      platform.onPage("left", () => this.#connection?.close()),
      platform.onPage("returned", () => this.#reopenNow()),
      platform.onPage("online", () => this.#reopenNow()),
    ];
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

  /** @throws ClientError `unreachable` while there is no session; else as the gateway refused */
  request<Type extends AnswerType, Result>(
    request: Request,
    expected: Type,
    read: (answer: AnswerOf<Type>) => Result,
    deadlineMs?: number,
  ): Promise<Result> {
    if (!this.#signedIn || !this.#connection) return Promise.reject(new ClientError("unreachable"));
    return this.#connection.request(request, expected, read, deadlineMs);
  }

  close(reason: string): void {
    if (this.#state === "closed") return;
    this.#closeReason = reason;
    this.#enter("closed", reason);
    for (const off of this.#offs) off();
    this.#retry?.cancel();
    this.#connection?.close();
  }

  #enter(state: LinkState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.events.emit("state", state, reason);
  }

  /** Opens a connection and a session on it. */
  async #signIn(): Promise<void> {
    const { token, user, appKey, displayName, instance, wishes } = this.#credentials;
    const fresh = typeof token === "function" ? await token() : token;
    if (this.#state === "closed") throw new ClientError("aborted");
    const connection = await this.#connect();
    await connection.request(
      {
        type: "session.open",
        instance,
        ...wishes.fields(),
        ...(fresh === undefined ? {} : { token: fresh }),
        ...(user === undefined ? {} : { user }),
        ...(appKey === undefined ? {} : { appKey }),
        ...(displayName === undefined ? {} : { displayName }),
      },
      "session.opened",
      (opened) => this.#opened(opened),
    );
  }

  #connect(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(this.#platform, this.#url);
      this.#connection = connection;
      connection.events.on("opened", () => resolve(connection));
      connection.events.on("fact", (fact) => this.#onFact(fact));
      connection.events.on("stray", (answer) => this.events.emit("stray", answer));
      connection.events.on("alive", () => void (this.#attempt = 0));
      connection.events.on("lost", (why) => {
        reject(why);
        this.#onLost();
      });
    });
  }

  #opened(opened: AnswerOf<"session.opened">): void {
    this.#signedIn = true;
    this.#renewIn(opened.expiresInMs);
    this.events.emit("opened", opened);
    this.#enter("connected");
  }

  #onFact(fact: ServerEvent): void {
    if (fact.type === "session.closed") this.#onClosed(fact.reason);
    else if (fact.type === "session.expiring") this.#onExpiring(fact.inMs);
    else this.events.emit("fact", fact);
  }

  #onClosed(reason: CloseReason): void {
    const canRenew = reason !== "token-expired" || typeof this.#credentials.token === "function";
    if (comesBack[reason] && canRenew) return this.#connection?.close();
    if (reason === "token-expired") this.events.emit("problem", new ClientError("token-expired"));
    this.close(reason);
  }

  #onLost(): void {
    this.#connection = undefined;
    this.#renewal?.cancel();
    if (!this.#signedIn) return;
    this.#signedIn = false;
    if (this.#state !== "closed") this.#enter("reconnecting");
    this.events.emit("lost", this.#closeReason);
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#state !== "reconnecting") return;
    const ms = backOffMs(this.#attempt++, () => this.#platform.random());
    this.#retry = this.#platform.clock.after(ms, () => void this.#reopen());
  }

  #reopenNow(): void {
    if (this.#state !== "reconnecting" || this.#connection) return;
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
    this.#connection?.close();
    if (this.#state !== "reconnecting") return;
    if (!stale && !(hopeless.has(why.code) && why.retry === "never")) return this.#scheduleRetry();
    this.events.emit("problem", why);
    this.close(why.code);
  }

  #renewIn(expiresInMs: number | undefined): void {
    this.#renewal?.cancel();
    if (expiresInMs === undefined || typeof this.#credentials.token !== "function") return;
    this.#renewal = this.#platform.clock.after(renewalMs(expiresInMs), () => void this.#renew());
  }

  #onExpiring(inMs: number): void {
    this.events.emit("expiring", inMs);
    this.#renewIn(inMs);
  }

  async #renew(): Promise<void> {
    const { token } = this.#credentials;
    if (typeof token !== "function") return;
    this.#renewal?.cancel();
    try {
      const fresh = await token();
      await this.request({ type: "session.renew", token: fresh }, "ok", () => this.#renewal?.cancel());
    } catch (thrown) {
      this.events.emit("problem", asClientError(thrown, "token-expired"));
    }
  }
}
