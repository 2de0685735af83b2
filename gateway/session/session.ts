import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { Mailbox } from "../base/mailbox.ts";
import type { CodecPolicy, Party } from "../call/leg.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { Presence } from "../presence/presence.ts";
import { fitsUserData } from "../presence/user-data.ts";
import type { ClientFrame, ClientFrameOf } from "../protocol/client-frame.ts";
import { readClientFrame, type BadFrame } from "../protocol/codec.ts";
import type { Answer, ServerEvent } from "../protocol/server-frame.ts";
import type { LineInfo, Target } from "../protocol/values.ts";
import type { CallMe } from "../switchboard/call-me.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import { BrowserLeg, type BrowserLegOwner } from "./browser-leg.ts";
import type { Messaging, People, SessionContext } from "./context.ts";
import { refused } from "./handlers/answers.ts";
import { handlers } from "./handlers/index.ts";
import { Rate } from "./rate.ts";
import type { SessionSocket } from "./socket.ts";
import { TokenError, type Identity } from "./token.ts";

export interface SessionSettings {
  readonly framesPerSecond: number;
  readonly startsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly dataPerSecond: number;
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
  line(user: UserId): Promise<LineInfo>;
  /** Checks a token. @throws TokenError */
  verify(token: string): Promise<Identity>;
  /** The development sign-in. @throws TokenError */
  develop(user: string, socket: SessionSocket): Promise<Identity>;
  /** A guest of an application key. @throws TokenError */
  welcomeGuest(key: string, socket: SessionSocket, displayName: string | undefined): Identity;
  opened(session: Session, wishes: ClientFrameOf<"session.open">): void;
  closed(session: Session): void;
  /** Something was refused, for metrics. */
  refused(code: RefusalCode | "unknown-type"): void;
  /** A page may not start a call, for its story. */
  callRefused?(from: Party, target: Target, code: RefusalCode, address: string): void;
}

/** Malformed frames after which the connection is closed. */
const maxBadFrames = 5;
/** Answers kept, so that a repeated request is answered and not done again. */
const keptAnswers = 256;
const expiryWarningMs = 60_000;

const notOpened = {
  "token-expired": "The token has expired. Get a new one.",
  "token-refused": "This sign-in is not accepted here.",
  "origin-refused": "Pages of this site may not sign in like that.",
  "server-error": "The sign-in could not be checked. Try again in a moment.",
} as const;

/**
 * One signed-in page. All that happens is a turn of one mailbox. The session owns its legs: when its connection goes,
 * they end.
 */
export class Session implements BrowserLegOwner, SessionContext {
  readonly id = uuid();
  readonly clock: Clock;
  readonly parts: SessionParts;
  readonly starts: Rate;
  readonly pace: { readonly messages: Rate; readonly data: Rate };
  readonly #socket: SessionSocket;
  readonly #mailbox: Mailbox<() => void>;
  readonly #frames: Rate;
  readonly #legs = new Map<string, BrowserLeg>();
  readonly #answers = new Map<string, Answer>();
  #identity: Identity | undefined;
  #opening = false;
  #expiry: Timer | undefined;
  #expired = false;
  #badFrames = 0;
  #seq = 0;
  #closed = false;

  constructor(socket: SessionSocket, parts: SessionParts) {
    this.#socket = socket;
    this.parts = parts;
    this.clock = parts.clock;
    this.#frames = new Rate(parts.clock, parts.settings.framesPerSecond, parts.settings.framesPerSecond * 2);
    this.starts = new Rate(
      parts.clock,
      parts.settings.startsPerMinute / 60,
      Math.max(10, parts.settings.startsPerMinute / 4),
    );
    const { messagesPerMinute, dataPerSecond } = parts.settings;
    this.pace = {
      messages: new Rate(parts.clock, messagesPerMinute / 60, Math.max(20, messagesPerMinute / 4)),
      data: new Rate(parts.clock, dataPerSecond, dataPerSecond * 2),
    };
    this.#mailbox = new Mailbox(
      (turn) => turn(),
      (fault) => parts.log.error("session turn failed", { session: this.id, fault: messageOf(fault) }),
    );
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  get calls(): number {
    return this.#legs.size;
  }

  /** True when the token has expired: standing calls stay, new ones are refused. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Who the page speaks for. */
  get party(): Party {
    const { user, name, guest } = this.#identity ?? { user: { name: "", domain: "" } };
    const id = printUserId(user);
    return { address: { user: id }, ...(!guest && { user: id }), ...(name !== undefined && { name }) };
  }

  /** A frame arrived, JSON already read. */
  receive(value: unknown): void {
    this.#mailbox.post(() => this.#frame(value));
  }

  /** What arrived was no JSON, or too large. */
  receiveGarbage(code: "bad-frame" | "too-large", text: string): void {
    this.#mailbox.post(() => this.#bad({ text }, code));
  }

  /** The connection has gone. */
  disconnected(): void {
    this.#mailbox.post(() => this.#close("network-lost"));
  }

  /** The gateway ends the session. */
  close(reason: Extract<ServerEvent, { type: "session.closed" }>["reason"], code = 1000): void {
    this.#mailbox.post(() => {
      if (this.#closed) return;
      this.event({ type: "session.closed", reason });
      this.#close(reason === "closed" ? "normal" : "network-lost");
      this.#socket.close(code, reason);
    });
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
    if (this.#expired && this.#legs.size === 0) this.close("token-expired", 4401);
  }

  event(event: ServerEvent): void {
    if (this.#closed || !this.#identity) return;
    this.#seq += 1;
    this.#socket.send({ ...event, seq: this.#seq });
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
    if (this.#legs.size === 0) this.close("token-expired", 4401);
  }

  #frame(value: unknown): void {
    if (this.#closed) return;
    if (!this.#frames.take()) return this.#tooFast(value);
    const read = readClientFrame(value);
    if ("bad" in read) return this.#bad(read.bad, "bad-frame");
    const { frame } = read;
    const known = this.#answers.get(frame.id);
    if (known) return this.#socket.send(known);
    if (frame.type === "session.open") return this.#open(frame);
    if (!this.#identity) return this.#refuse(frame.id, "not-signed-in", "Send session.open first.");
    const handled = handlers[frame.type](this, frame as never);
    if (handled instanceof Promise)
      void handled
        .catch((fault: unknown) => this.#failed(frame, fault))
        .then((answer) => this.#mailbox.post(() => this.#answer(frame, answer)));
    else this.#answer(frame, handled);
  }

  #failed({ type, id }: ClientFrame, fault: unknown): Answer {
    this.parts.log.error("frame failed", { session: this.id, type, fault: messageOf(fault) });
    return refused(id, "server-error", "Something failed on our side. Try again.");
  }

  #answer(frame: ClientFrame, answer: Answer): void {
    if (answer.type === "refused") this.#tellRefused(frame, answer.code);
    this.#answers.set(frame.id, answer);
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size > keptAnswers && oldest !== undefined) this.#answers.delete(oldest);
    if (!this.#closed) this.#socket.send(answer);
    if (frame.type === "session.close") this.close("closed");
  }

  #tellRefused(frame: ClientFrame, code: RefusalCode): void {
    this.parts.refused(code);
    if (frame.type === "call.start") this.parts.callRefused?.(this.party, frame.target, code, this.#socket.address);
  }

  #open(frame: Extract<ClientFrame, { type: "session.open" }>): void {
    if (this.#identity || this.#opening) return this.#refuse(frame.id, "wrong-state", "This session is open already.");
    if (!fitsUserData(frame.userData)) return this.#refuse(frame.id, "too-large", "The user data is too large.");
    this.#opening = true;
    this.#signIn(frame).then(
      (identity) => this.#mailbox.post(() => this.#opened(frame, identity)),
      (fault: unknown) => this.#mailbox.post(() => this.#notOpened(frame.id, fault)),
    );
  }

  async #signIn(frame: Extract<ClientFrame, { type: "session.open" }>): Promise<Identity> {
    const { token, user, appKey, displayName } = frame;
    if (appKey !== undefined) return this.parts.welcomeGuest(appKey, this.#socket, displayName);
    if (this.#socket.guestsOnly) throw new TokenError("origin-refused", "this origin has an application key only");
    if (token !== undefined) return this.parts.verify(token);
    if (user !== undefined) return this.parts.develop(user, this.#socket);
    throw new TokenError("token-refused", "neither token nor user");
  }

  #opened(frame: Extract<ClientFrame, { type: "session.open" }>, identity: Identity): void {
    this.#opening = false;
    if (this.#closed) return;
    const name = identity.name ?? frame.displayName;
    this.identify({ ...identity, ...(name !== undefined && name !== "" && { name }) });
    const user = printUserId(identity.user);
    this.parts.log.info("session opened", { session: this.id, user });
    this.#answer(frame, {
      type: "session.opened",
      re: frame.id,
      sessionId: this.id,
      user,
      ...(name !== undefined && name !== "" && { name }),
      ...(identity.expiresAt !== undefined && { expiresInMs: identity.expiresAt - this.clock.now() }),
      ...(identity.role && { role: identity.role }),
      ...(identity.guest && { guest: identity.guest }),
    });
    this.parts.opened(this, frame);
    void this.#tellContacts(identity.user);
    if (!identity.guest) void this.#tellMessages(identity.user);
  }

  async #tellMessages(user: UserId): Promise<void> {
    try {
      await this.parts.messages.catchUp(user, (event) => this.event(event));
    } catch (fault) {
      this.parts.log.error("messages not read", { session: this.id, fault: messageOf(fault) });
    }
  }

  async #tellContacts(user: UserId): Promise<void> {
    const contacts = await this.parts.people.book.list(user).catch(() => []);
    if (contacts.length > 0) this.event({ type: "contacts.saved", contacts });
  }

  #notOpened(id: string, fault: unknown): void {
    this.#opening = false;
    const code = fault instanceof TokenError ? fault.code : "server-error";
    this.parts.log.warn("sign-in refused", { session: this.id, address: this.#socket.address, why: messageOf(fault) });
    this.#refuse(id, code, notOpened[code]);
    this.#badFrames += 1;
    if (this.#badFrames >= maxBadFrames) this.#socket.close(1008, "sign-in refused");
  }

  #bad(bad: BadFrame, code: "bad-frame" | "too-large"): void {
    if (this.#closed) return;
    if (bad.unknownType !== undefined) {
      // A newer client may say more than we know: refused and counted, never punished.
      this.parts.refused("unknown-type");
      return this.#sayRefused(bad.re, "unsupported", bad.text);
    }
    this.#badFrames += 1;
    this.parts.log.warn("bad frame", { session: this.id, address: this.#socket.address, why: bad.text });
    this.#refuse(bad.re, code, bad.text);
    if (this.#badFrames < maxBadFrames) return;
    if (this.#identity) this.close("bad-frames", 1008);
    else this.#socket.close(1008, "bad frames");
  }

  #tooFast(value: unknown): void {
    const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
    this.#refuse(
      typeof id === "string" ? id.slice(0, 64) : undefined,
      "rate-limited",
      "Too many frames. Slow down.",
      this.#frames.retryAfterMs,
    );
  }

  #refuse(re: string | undefined, code: RefusalCode, text: string, retryAfterMs?: number): void {
    this.parts.refused(code);
    this.#sayRefused(re, code, text, retryAfterMs);
  }

  #sayRefused(re: string | undefined, code: RefusalCode, text: string, retryAfterMs?: number): void {
    this.#socket.send({
      type: "refused",
      code,
      text,
      ...(re !== undefined && { re }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  /** `why`: what the far ends of its calls are told. */
  #close(why: "normal" | "network-lost"): void {
    if (this.#closed) return;
    for (const leg of [...this.#legs.values()]) leg.end(why);
    this.#closed = true;
    this.#expiry?.cancel();
    this.#mailbox.close();
    if (this.#identity) this.parts.log.info("session closed", { session: this.id });
    this.parts.closed(this);
  }
}
