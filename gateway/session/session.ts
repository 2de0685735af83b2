import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { Mailbox } from "../base/mailbox.ts";
import type { CodecPolicy, Party } from "../call/leg.ts";
import { StoreError } from "../directory/store-error.ts";
import { printUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { Presence } from "../presence/presence.ts";
import type { ClientFrame, ClientFrameOf } from "../protocol/client-frame.ts";
import {
  passingTypes,
  type Answer,
  type PassingEvent,
  type ServerEvent,
  type SessionInfo,
} from "../protocol/server-frame.ts";
import type { BrowserInfo, LineInfo, Target } from "../protocol/values.ts";
import { limits } from "../protocol/version.ts";
import type { CallMe } from "../switchboard/call-me.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import { Absence, type AbsenceSettings } from "./absence.ts";
import type { AwaySession, AwaySessions } from "./away-sessions.ts";
import { BrowserLeg, type BrowserLegOwner } from "./browser-leg.ts";
import type { Messaging, People, SessionContext } from "./context.ts";
import { GivenAnswers } from "./given-answers.ts";
import { refused } from "./handlers/answers.ts";
import { handlers } from "./handlers/index.ts";
import { KeptEvents } from "./kept-events.ts";
import { Rate } from "./rate.ts";
import type { Departure, SessionSocket } from "./socket.ts";
import type { Identity } from "./token.ts";

export interface SessionSettings extends AbsenceSettings {
  readonly startsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly dataPerSecond: number;
  readonly drawsPerSecond: number;
  readonly webCodecs: CodecPolicy;
}

/** What a session needs from its surroundings. */
export interface SessionParts extends Messaging {
  readonly switchboard: Switchboard;
  readonly callMe: CallMe;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: SessionSettings;
  readonly people: People;
  readonly presence: Presence;
  /** Where it waits without a connection. */
  readonly away: AwaySessions;
  line(user: UserId): Promise<LineInfo>;
  /** Checks a token. @throws TokenError */
  verify(token: string): Promise<Identity>;
  opened(session: Session, wishes: ClientFrameOf<"session.open">): void;
  /** Its page went or came back; `anew`: and knows nothing of what it was told. */
  moved(session: Session, how: Departure | "back" | "anew"): void;
  closed(session: Session): void;
  /** Something was refused, for metrics. */
  refused(code: RefusalCode | "unknown-type"): void;
  /** So many kept events had to go before the page had them, for metrics. */
  dropped(events: number): void;
  /** A page may not start a call, for its story. */
  callRefused?(from: Party, target: Target, code: RefusalCode, address: string): void;
}

type CloseReason = Extract<ServerEvent, { type: "session.closed" }>["reason"];

const expiryWarningMs = 60_000;
/** After so long what the store did not do is tried again. */
const storeRetryMs = 2_000;
const storeWords: Readonly<Record<StoreError["code"], string>> = {
  away: "What is kept cannot be reached just now. Try again in a moment.",
  full: "There is no room to keep more. Nothing was changed.",
};
/** Close code of a connection that another one of the same session has replaced (RFC 6455 7.4.2). */
const replacedCode = 4409;

/**
 * One signed-in page. All that happens is a turn of one mailbox. It outlives its connections: the page comes back by
 * `session.resume` and is told what it has missed.
 *
 *     connected ──left, lost──► away ──grace is over──► closed
 *         ▲ └──────── resume ────┘                        ▲
 *         └─ session.close, token expired, stopping ──────┘
 *
 * The session owns its legs. The calls of a page that was left end at once, since its peer connections have gone with
 * it; those of a page whose connection was lost stay (see `Absence`).
 */
export class Session implements BrowserLegOwner, SessionContext, AwaySession {
  readonly id = uuid();
  readonly clock: Clock;
  readonly parts: SessionParts;
  readonly starts: Rate;
  readonly pace: { readonly messages: Rate; readonly data: Rate; readonly boards: Rate };
  readonly #mailbox: Mailbox<() => void>;
  readonly #legs = new Map<string, BrowserLeg>();
  readonly #answers = new GivenAnswers();
  readonly #kept = new KeptEvents(limits);
  readonly #address: string;
  #identity: Identity;
  #socket: SessionSocket | undefined;
  #browser: BrowserInfo | undefined;
  #absence: Absence | undefined;
  #expiry: Timer | undefined;
  /** Until what the page has not been told yet is read again. */
  #untold: Timer | undefined;
  #expired = false;
  #closed = false;

  constructor(socket: SessionSocket, identity: Identity, parts: SessionParts) {
    this.#socket = socket;
    this.#address = socket.address;
    this.#identity = identity;
    this.parts = parts;
    this.clock = parts.clock;
    const { startsPerMinute, messagesPerMinute, dataPerSecond, drawsPerSecond } = parts.settings;
    this.starts = new Rate(parts.clock, startsPerMinute / 60, Math.max(10, startsPerMinute / 4));
    this.pace = {
      messages: new Rate(parts.clock, messagesPerMinute / 60, Math.max(20, messagesPerMinute / 4)),
      data: new Rate(parts.clock, dataPerSecond, dataPerSecond * 2),
      boards: new Rate(parts.clock, drawsPerSecond, drawsPerSecond * 2),
    };
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
    return this.#expired;
  }

  get over(): boolean {
    return this.#closed;
  }

  /** Contacts see the page: it is connected, or its connection was lost only now. */
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
  opened(frame: ClientFrameOf<"session.open">, transport: SessionSocket["transport"]): void {
    const { id, browser } = frame;
    this.#browser = browser;
    this.identify(this.#identity);
    const { name, version, system } = browser ?? {};
    this.parts.log.info("session opened", {
      session: this.id,
      user: printUserId(this.#identity.user),
      transport,
      ...(browser && { browser: `${name} ${version}`, system }),
    });
    this.#answer(id, { type: "session.opened", re: id, ...this.#info() });
    this.parts.opened(this, frame);
    void this.#tellAll();
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
      if (socket === this.#socket && socket) this.#frame(frame, socket);
    });
  }

  /** The connection has gone. */
  disconnected(how: Departure = "left", socket = this.#socket): void {
    this.#mailbox.post(() => {
      if (socket === this.#socket && socket) this.#leave(how);
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
    return this.#legs.get(callId);
  }

  newLeg(): BrowserLeg {
    return new BrowserLeg(this.party, this.parts.settings.webCodecs, this);
  }

  offered(leg: BrowserLeg): void {
    this.#legs.set(leg.callId, leg);
  }

  /** A leg is over. */
  closedLeg(leg: BrowserLeg): void {
    this.#legs.delete(leg.callId);
    this.#closeExpired();
  }

  event(event: ServerEvent): void {
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
    this.#expired = false;
    this.#expiry?.cancel();
    if (identity.expiresAt === undefined) return;
    const left = identity.expiresAt - this.clock.now();
    const warnIn = Math.max(0, left - expiryWarningMs);
    this.#expiry = this.clock.after(warnIn, () => {
      this.event({ type: "session.expiring", inMs: Math.min(left, expiryWarningMs) });
      this.#expiry = this.clock.after(Math.min(left, expiryWarningMs), () => this.#mailbox.post(() => this.#expire()));
    });
  }

  #expire(): void {
    this.#expired = true;
    this.#closeExpired();
  }

  /** A page that is away brings a fresh token when it comes back. */
  #closeExpired(): void {
    if (this.#expired && this.#legs.size === 0 && this.#socket) this.close("token-expired", 4401);
  }

  #frame(frame: ClientFrame, socket: SessionSocket): void {
    const known = this.#answers.of(frame.id);
    if (known) return socket.send(known);
    if (frame.type === "session.open" || frame.type === "session.resume") {
      this.parts.refused("wrong-state");
      return socket.send(refused(frame.id, "wrong-state", "This session is open already."));
    }
    if (!this.#answers.begin(frame.id)) return;
    const handled = handlers[frame.type](this, frame as never);
    if (handled instanceof Promise)
      void handled
        .catch((fault: unknown) => this.#failed(frame, fault))
        .then((answer) => this.#mailbox.post(() => this.#done(frame, answer)));
    else this.#done(frame, handled);
  }

  #failed({ type, id }: ClientFrame, fault: unknown): Answer {
    this.parts.log.error("frame failed", { session: this.id, type, fault: messageOf(fault) });
    if (fault instanceof StoreError) return refused(id, "overload", storeWords[fault.code], storeRetryMs);
    return refused(id, "server-error", "Something failed on our side. Try again.");
  }

  #done(frame: ClientFrame, answer: Answer): void {
    if (answer.type === "refused") this.#tellRefused(frame, answer.code);
    this.#answer(frame.id, answer);
    if (frame.type === "session.close") this.close("closed");
  }

  #answer(id: string, answer: Answer): void {
    this.#answers.give(id, answer);
    this.#socket?.send(answer);
  }

  #tellRefused(frame: ClientFrame, code: RefusalCode): void {
    this.parts.refused(code);
    if (frame.type === "call.start") this.parts.callRefused?.(this.party, frame.target, code, this.#address);
  }

  #resume(identity: Identity, socket: SessionSocket, frame: ClientFrameOf<"session.resume">): void {
    if (this.#closed) return;
    const before = this.#socket;
    this.#socket = socket;
    before?.close(replacedCode, "resumed");
    const wasAway = this.#absence !== undefined;
    this.#back();
    const { user, name: known, guest } = this.#identity;
    const name = identity.name ?? known;
    // A guest has a new name with each sign-in, and keeps the first.
    this.identify(guest ? this.#identity : { ...identity, user, ...(name !== undefined && { name }) });
    if (frame.reload) this.#endCalls("network-lost");
    const resync = this.#catchUp(frame, socket);
    this.parts.log.info("session resumed", {
      session: this.id,
      user: printUserId(user),
      transport: socket.transport,
    });
    if (frame.reload || resync) void this.#tellAll();
    if (frame.reload || resync) this.parts.moved(this, "anew");
    else if (wasAway) this.parts.moved(this, "back");
  }

  /** Answers `session.resume`, and sends what was missed. True when that is kept no longer. */
  #catchUp({ id, seq, asked = [] }: ClientFrameOf<"session.resume">, socket: SessionSocket): boolean {
    this.#kept.acknowledge(seq);
    const missed = this.#kept.since(seq);
    if (!missed) this.#kept.acknowledge(this.#kept.last);
    for (const request of asked) {
      const answer = this.#answers.of(request);
      if (answer) socket.send(answer);
    }
    socket.send({
      type: "session.resumed",
      re: id,
      ...this.#info(),
      lastSeq: this.#kept.last,
      calls: [...this.#legs.keys()],
      ...(!missed && { resync: true }),
    });
    for (const { frame, text } of missed ?? []) socket.send(frame, text);
    return !missed;
  }

  #info(): SessionInfo {
    const { user, name, expiresAt, role, guest } = this.#identity;
    return {
      sessionId: this.id,
      user: printUserId(user),
      ...(name !== undefined && { name }),
      ...(expiresAt !== undefined && { expiresInMs: expiresAt - this.clock.now() }),
      ...(role && { role }),
      ...(guest && { guest }),
      graceMs: this.parts.settings.grace,
    };
  }

  #leave(how: Departure): void {
    this.#socket = undefined;
    if (how === "left") {
      this.#endCalls("network-lost");
      this.parts.whiteboards.closed(this.id);
    }
    this.#absence = new Absence(how, this.clock, this.parts.settings, {
      calls: () => this.#mailbox.post(() => this.#endCalls("network-lost", "unanswered")),
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

  /** What a page knows nothing of yet; what the store does not tell now, once it is back. */
  async #tellAll(): Promise<void> {
    const { user, guest } = this.#identity;
    if (guest || this.#closed) return;
    try {
      const contacts = await this.parts.people.book.list(user);
      if (contacts.length > 0) this.event({ type: "contacts.saved", contacts });
      await this.parts.messages.catchUp(user, (event) => this.event(event));
    } catch (fault) {
      this.parts.log.error("contacts and messages not read", { session: this.id, fault: messageOf(fault) });
      if (fault instanceof StoreError && !this.#closed)
        this.#untold = this.clock.after(storeRetryMs, () => void this.#tellAll());
    }
  }

  /** `why`: what the far ends are told. */
  #endCalls(why: "normal" | "network-lost", which?: "unanswered"): void {
    for (const leg of [...this.#legs.values()]) if (!(which && leg.answered)) leg.end(why);
  }

  #close(why: "normal" | "network-lost"): void {
    if (this.#closed) return;
    this.#endCalls(why);
    this.parts.whiteboards.closed(this.id);
    this.#closed = true;
    this.#expiry?.cancel();
    this.#untold?.cancel();
    this.#back();
    this.#socket = undefined;
    this.#mailbox.close();
    this.parts.log.info("session closed", { session: this.id });
    this.parts.closed(this);
  }
}

const passing: ReadonlySet<string> = new Set(passingTypes);

function isPassing(event: ServerEvent): event is PassingEvent {
  return passing.has(event.type);
}
