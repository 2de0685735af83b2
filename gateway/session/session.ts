import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { uuid } from "../base/ids.ts";
import { Mailbox } from "../base/mailbox.ts";
import type { LegId, Party } from "../call/leg.ts";
import { printUserId, userKey } from "../directory/user-id.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { Wishes } from "../presence/attendance.ts";
import type { ClientFrame, ClientFrameOf } from "../protocol/client-frame.ts";
import type { Answer, ServerEvent, SessionInfo } from "../protocol/server-frame.ts";
import type { BrowserInfo } from "../protocol/values.ts";
import { limits } from "../protocol/version.ts";
import { Absence } from "./absence.ts";
import type { AwaySession } from "./away-sessions.ts";
import { BrowserLeg, type BrowserLegOwner } from "./browser-leg.ts";
import type { BrowserLegState } from "./browser-leg-state.ts";
import type { SessionContext } from "./context.ts";
import { CatchUp } from "./catch-up.ts";
import { refused } from "./handlers/answers.ts";
import { handlers } from "./handlers/index.ts";
import { isPassing, KeptEvents } from "./kept-events.ts";
import { MessageFeed } from "./message-feed.ts";
import { type Paces, pacesOf } from "./paces.ts";
import { answerToFault } from "./request-fault.ts";
import { Requests, type RequestOwner } from "./requests.ts";
import { sessionInfo } from "./session-info.ts";
import { SessionLegs } from "./session-legs.ts";
import type { SessionPartsOf } from "./session-parts.ts";
import type { SessionState } from "./session-state.ts";
import { type Departure, replacedCode, restartCode, type SessionSocket } from "./socket.ts";
import { TokenLife } from "./token-life.ts";
import type { Identity } from "./token.ts";

export type SessionParts = SessionPartsOf<Session>;
type CloseReason = Extract<ServerEvent, { type: "session.closed" }>["reason"];

/**
 * One signed-in page. All that happens is a turn of one mailbox. It outlives its connections: the page comes back by
 * `session.resume` and is told what it has missed.
 *
 *     connected ──left, lost──► away ──grace is over──► closed
 *         ▲ └──────── resume ────┘                        ▲
 *         └─ session.close, token expired, stopping ──────┘
 *
 * The session owns its legs. Calls that were answered stay when the page's connection is lost, and for a moment when
 * the page is left: loaded anew it goes on with them by `call.renew` (see `Absence`).
 */
export class Session implements BrowserLegOwner, SessionContext, AwaySession {
  readonly id: string;
  readonly clock: Clock;
  readonly parts: SessionParts;
  readonly pace: Paces;
  readonly #mailbox: Mailbox<() => void>;
  readonly #legs = new SessionLegs();
  readonly #requests: Requests;
  readonly #kept: KeptEvents;
  readonly #feed: MessageFeed;
  readonly #catchUp: CatchUp;
  readonly #token: TokenLife;
  readonly #address: string;
  #identity: Identity;
  #socket: SessionSocket | undefined;
  #browser: BrowserInfo | undefined;
  #absence: Absence | undefined;
  /** What its page knows of it is not known here. */
  #anew: boolean;
  #resting = false;
  #closed = false;

  /** `before`: what it was at another node. */
  constructor(address: string, identity: Identity, parts: SessionParts, before?: SessionState) {
    this.id = before?.id ?? uuid();
    this.#address = address;
    this.#identity = identity;
    this.#browser = before?.browser;
    this.#anew = before !== undefined && !before.exchange;
    this.parts = parts;
    this.clock = parts.clock;
    this.#kept = new KeptEvents(limits, before?.exchange);
    const { messages, log, clock, people } = parts;
    const tell = (event: ServerEvent): void => this.#tell(event);
    this.#feed = new MessageFeed({ messages, log, user: () => this.#identity.user, tell }, before?.exchange?.reached);
    this.#catchUp = new CatchUp({ session: this.id, book: people.book, feed: this.#feed, clock, log, tell });
    this.#requests = new Requests(this.#requestOwner, before?.exchange?.answers);
    this.#token = new TokenLife(parts.clock, {
      expiring: (inMs) => this.event({ type: "session.expiring", inMs }),
      expired: () => this.#mailbox.post(() => this.#closeExpired()),
    });
    this.pace = pacesOf(parts.clock, parts.settings);
    this.#mailbox = new Mailbox(
      (turn) => turn(),
      (fault) => parts.log.error("session turn failed", { session: this.id, fault: messageOf(fault) }),
    );
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** What the page says of its browser. */
  get browser(): BrowserInfo | undefined {
    return this.#browser;
  }

  get calls(): number {
    return this.#legs.size;
  }

  /** True when the token has expired: standing calls stay, new ones are refused. */
  get expired(): boolean {
    return this.#token.expired;
  }

  get over(): boolean {
    return this.#closed;
  }

  /** For how long contacts do not see that the page is away, from the moment it went: milliseconds. */
  get unseenMs(): number {
    return this.#absence?.unseenMs ?? 0;
  }

  /** Contacts see the page: it is connected, or was until just now. */
  get present(): boolean {
    return !this.#closed && this.#absence?.seen !== true;
  }

  /** Guests are counted by their address, since each has a name of its own. */
  get owner(): string {
    return this.#identity.guest ? this.#address : userKey(this.#identity.user);
  }

  /** Who the page speaks for. */
  get party(): Party {
    const { user, name, guest } = this.#identity;
    const id = printUserId(user);
    return { address: { user: id }, ...(!guest && { user: id }), ...(name !== undefined && { name }) };
  }

  /** Answers the frame that opened it. */
  opened(frame: ClientFrameOf<"session.open">, socket: SessionSocket): void {
    const { id, browser } = frame;
    this.#socket = socket;
    this.#browser = browser;
    this.identify(this.#identity);
    const { name, version, system } = browser ?? {};
    this.parts.log.info("session opened", {
      session: this.id,
      user: printUserId(this.#identity.user),
      transport: socket.transport,
      ...(browser && { browser: `${name} ${version}`, system }),
    });
    this.#answer(id, { type: "session.opened", re: id, ...this.#info() });
    void this.parts.opened(this, frame).then(() => this.reread());
  }

  /** It comes from another node: its page is on its way here. */
  arrived(wishes: Wishes): void {
    this.#token.begin(this.#identity.expiresAt);
    this.parts.log.info("session fetched", { session: this.id, user: printUserId(this.#identity.user) });
    void this.parts.opened(this, wishes);
    this.#leave("lost");
  }

  /** What it has begun is answered when this resolves; what comes from then on has to be asked for again. */
  async rest(): Promise<void> {
    this.#resting = true;
    await this.#requests.idle();
  }

  /**
   * It goes on at another node, or waits in a store, as what this returns; here it is over. `code`: see `SessionSocket`.
   * `move` lets a leg go on there; without it calls end.
   */
  depart(wishes: Wishes, code: number, why: string, move?: (leg: BrowserLeg) => LegId): SessionState {
    const legs = move ? this.#legs.depart(move) : [];
    this.#legs.end("network-lost");
    const socket = this.#socket;
    const { seq, kept } = { seq: this.#kept.last, kept: this.#kept.all };
    const exchange = { seq, kept, answers: this.#requests.given, reached: this.#feed.reached };
    this.#release();
    socket?.close(code, why);
    this.parts.log.info("session goes on elsewhere", { session: this.id });
    return { ...this.outline(wishes), exchange, ...(legs.length > 0 && { legs }) };
  }

  /** As much of it as makes it anew when this node dies. */
  outline(wishes: Wishes): SessionState {
    const { name } = this.#identity;
    return {
      form: 1,
      id: this.id,
      address: this.#address,
      ...(name !== undefined && { name }),
      ...(this.#browser && { browser: this.#browser }),
      wishes,
    };
  }

  /** What happened at other nodes may have been missed; `anew`: its page knows nothing. Guests have nothing kept. */
  async reread(anew = false): Promise<void> {
    const { user, guest } = this.#identity;
    if (!guest) await this.#catchUp.read(user, anew);
  }

  /** Whether `identity` may go on with this session: the same user, or for a guest the same application key. */
  isFor(identity: Identity): boolean {
    if (this.#closed) return false;
    if (identity.guest || this.#identity.guest) return identity.pass === this.#identity.pass;
    return userKey(identity.user) === userKey(this.#identity.user);
  }

  /** The page goes on with another connection, signed in again as somebody whom it `isFor`. */
  resume(identity: Identity, socket: SessionSocket, frame: ClientFrameOf<"session.resume">): void {
    this.#mailbox.post(() => this.#resume(identity, socket, frame));
  }

  /** A frame arrived. Those of an earlier connection are left alone: what was not answered there comes again. */
  receive(frame: ClientFrame, socket = this.#socket): void {
    this.#mailbox.post(() => {
      if (socket === this.#socket && socket && !this.#resting) this.#frame(frame, socket);
    });
  }

  /** The connection has gone. */
  disconnected(how: Departure = "left", socket = this.#socket): void {
    this.#mailbox.post(() => {
      if (socket === this.#socket && socket) this.#leave(how);
    });
  }

  /** Its page has a connection. */
  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** This node goes: the page is told to come back, to another one, which fetches the session from here. */
  sendAway(): void {
    this.#mailbox.post(() => {
      const socket = this.#socket;
      if (!socket) return;
      this.#leave("lost");
      socket.close(restartCode, "restarting");
    });
  }

  /** The gateway ends the session. */
  close(reason: CloseReason, code = 1000): void {
    this.#mailbox.post(() => {
      if (this.#closed) return;
      const socket = this.#socket;
      this.event({ type: "session.closed", reason });
      this.#close(reason === "closed" ? "normal" : "network-lost");
      socket?.close(code, reason);
    });
  }

  giveUp(): void {
    this.#mailbox.post(() => this.#close("network-lost"));
  }

  leg(callId: string): BrowserLeg | undefined {
    return this.#legs.find(callId);
  }

  newLeg(): BrowserLeg {
    return new BrowserLeg(this.party, this.parts.settings.webCodecs, this);
  }

  /** A leg that it had at another node. */
  takeOver(state: BrowserLegState): BrowserLeg {
    const leg = new BrowserLeg(this.party, this.parts.settings.webCodecs, this, state);
    this.offered(leg);
    return leg;
  }

  offered(leg: BrowserLeg): void {
    this.#legs.add(leg);
  }

  /** A leg is over. */
  closedLeg(leg: BrowserLeg): void {
    this.#legs.remove(leg);
    this.#closeExpired();
  }

  event(event: ServerEvent): void {
    if (this.#closed) return;
    if (event.type === "message.received") this.#feed.take(event.message);
    else this.#tell(event);
  }

  /** What all pages of the user are told, but for the session `except`: that one did it. */
  hear(event: ServerEvent, except?: string): void {
    if (except !== this.id) this.event(event);
    else if (event.type === "message.received") this.#feed.take(event.message, true);
  }

  #tell(event: ServerEvent): void {
    if (this.#closed) return;
    if (isPassing(event)) return this.#socket?.send(event);
    const { frame, text, dropped } = this.#kept.add(event);
    if (dropped > 0) this.parts.dropped(dropped);
    this.#socket?.send(frame, text);
  }

  acknowledge(seq: number): void {
    this.#kept.acknowledge(seq);
  }

  /** Sets identity and expiry; also for a renewed token. */
  identify(identity: Identity): void {
    this.#identity = identity;
    this.#token.begin(identity.expiresAt);
  }

  /** A page that is away brings a fresh token when it comes back. */
  #closeExpired(): void {
    if (this.expired && this.#legs.size === 0 && this.#socket) this.close("token-expired", 4401);
  }

  #frame(frame: ClientFrame, socket: SessionSocket): void {
    const known = this.#requests.answerTo(frame.id);
    if (known) return socket.send(known);
    if (frame.type === "session.open" || frame.type === "session.resume") {
      this.parts.refused("wrong-state");
      return socket.send(refused(frame.id, "wrong-state", "This session is open already."));
    }
    this.#requests.begin(frame);
  }

  get #requestOwner(): RequestOwner {
    return {
      handle: (frame) => handlers[frame.type as keyof typeof handlers](this, frame as never),
      failed: ({ type, id }, fault) => {
        this.parts.log.error("frame failed", { session: this.id, type, fault: messageOf(fault) });
        return answerToFault(id, fault);
      },
      turn: (act) => this.#mailbox.post(act),
      answered: (frame, answer) => {
        if (answer.type === "refused") this.#tellRefused(frame, answer.code);
        this.#socket?.send(answer);
        if (frame.type === "session.close") this.close("closed");
      },
    };
  }

  #answer(id: string, answer: Answer): void {
    this.#requests.give(id, answer);
    this.#socket?.send(answer);
  }

  #tellRefused(frame: ClientFrame, code: RefusalCode): void {
    this.parts.refused(code);
    if (frame.type === "call.start") this.parts.callRefused?.(this.party, frame.target, code, this.#address);
  }

  #resume(identity: Identity, socket: SessionSocket, frame: ClientFrameOf<"session.resume">): void {
    if (this.#closed) return;
    const before = this.#socket;
    this.#socket = undefined;
    before?.close(replacedCode, "resumed");
    const wasAway = this.#absence !== undefined;
    this.#back();
    const { user, name: known, guest } = this.#identity;
    const name = identity.name ?? known;
    // A guest has a new name with each sign-in, and keeps the first.
    this.identify(guest ? this.#identity : { ...identity, user, ...(name !== undefined && { name }) });
    // Before the page listens: what comes of it is among what was missed, in order.
    if (frame.reload) this.#legs.left(frame.renews === true);
    this.#socket = socket;
    const resync = this.#tellMissed(frame, socket);
    this.parts.log.info("session resumed", {
      session: this.id,
      user: printUserId(user),
      transport: socket.transport,
    });
    this.#legs.back(frame.reload === true);
    if (frame.reload || resync) void this.reread(true);
    if (frame.reload || resync) this.parts.moved(this, "anew");
    else if (wasAway) this.parts.moved(this, "back");
  }

  /** Answers `session.resume`, and sends what was missed. True when that is kept no longer. */
  #tellMissed(frame: ClientFrameOf<"session.resume">, socket: SessionSocket): boolean {
    const { id, seq, asked = [], reload } = frame;
    this.#kept.acknowledge(seq);
    const missed = this.#anew ? undefined : this.#kept.since(seq);
    this.#anew = false;
    if (!missed) this.#kept.acknowledge(this.#kept.last);
    for (const request of asked) {
      const answer = this.#requests.answerTo(request);
      if (answer) socket.send(answer);
    }
    const { standing, ids } = this.#legs;
    socket.send({
      type: "session.resumed",
      re: id,
      ...this.#info(),
      lastSeq: this.#kept.last,
      calls: reload ? standing.map(({ callId }) => callId) : ids,
      ...(reload && { standing }),
      ...(!missed && { resync: true }),
    });
    for (const { frame: event, text } of missed ?? []) socket.send(event, text);
    return !missed;
  }

  #info(): SessionInfo {
    return sessionInfo(this.id, this.#identity, this.clock.now(), this.parts.settings.grace);
  }

  #leave(how: Departure): void {
    this.#socket = undefined;
    if (how === "left") {
      this.#legs.left(true);
      this.parts.whiteboards.closed(this.id);
    }
    this.#absence = new Absence(how, this.#legs.answered, this.clock, this.parts.settings, {
      unanswered: () => this.#mailbox.post(() => this.#legs.end("network-lost", "unanswered")),
      calls: () => this.#mailbox.post(() => this.#legs.end("network-lost")),
      all: () => this.giveUp(),
    });
    this.parts.away.add(this);
    this.parts.log.info("page away", { session: this.id, how });
    this.parts.moved(this, how);
  }

  #back(): void {
    if (!this.#absence) return;
    this.#absence.end();
    this.#absence = undefined;
    this.parts.away.remove(this);
  }

  #close(why: "normal" | "network-lost"): void {
    if (this.#closed) return;
    this.#legs.end(why);
    this.#release();
    this.parts.log.info("session closed", { session: this.id });
    this.parts.closed(this);
  }

  #release(): void {
    this.parts.whiteboards.closed(this.id);
    this.#closed = true;
    this.#token.end();
    this.#catchUp.end();
    this.#back();
    this.#socket = undefined;
    this.#mailbox.close();
  }
}
