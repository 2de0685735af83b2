import { messageOf } from "../base/errors.ts";
import { fitsUserData } from "../presence/user-data.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { ClientFrame, ClientFrameOf } from "../protocol/client-frame.ts";
import type { Refusal } from "../protocol/server-frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { Session, type SessionParts } from "./session.ts";
import type { Departure, SessionSocket } from "./socket.ts";
import { TokenError, type Identity } from "./token.ts";

/** What a connection needs from its surroundings. */
export interface ConnectionParts extends SessionParts {
  readonly framesPerSecond: number;
  /** The development sign-in. @throws TokenError */
  develop(user: string, socket: SessionSocket): Promise<Identity>;
  /** A guest of an application key. @throws TokenError */
  welcomeGuest(key: string, socket: SessionSocket, displayName: string | undefined): Identity;
  /**
   * An open session, or one that waits for its page, from whatever node it is at; undefined when it is not that one's.
   * Rejects when it cannot be had now.
   */
  fetch(sessionId: string, identity: Identity): Promise<Session | undefined>;
  /** What became of a `session.resume`, for metrics. */
  resumed(result: "resumed" | "unknown" | "failed"): void;
}

type SignIn = ClientFrameOf<"session.open"> | ClientFrameOf<"session.resume">;

const notOpened = {
  "token-expired": "The token has expired. Get a new one.",
  "token-refused": "This sign-in is not accepted here.",
  "origin-refused": "Pages of this site may not sign in like that.",
  "server-error": "The sign-in could not be checked. Try again in a moment.",
} as const;

/** One connection of a page: nobody's at first, then that of the session which its first frame opens or resumes. */
export class Connection {
  readonly #socket: SessionSocket;
  readonly #parts: ConnectionParts;
  readonly #reader: FrameReader;
  #session: Session | undefined;
  #opening = false;
  #over = false;

  constructor(socket: SessionSocket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    const { clock, framesPerSecond } = parts;
    this.#reader = new FrameReader({
      clock,
      framesPerSecond,
      refuse: (refusal, counted) => this.#refuse(refusal, counted),
      bad: (why) => parts.log.warn("bad frame", { ...this.#who(), why }),
      hopeless: (why) => this.#hopeless(why),
    });
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Undefined until somebody has signed in. */
  get identity(): Identity | undefined {
    return this.#session?.identity;
  }

  /** A frame arrived, JSON already read. */
  receive(value: unknown): void {
    if (this.#over) return;
    const frame = this.#reader.read(value);
    if (!frame) return;
    if (this.#session) this.#session.receive(frame, this.#socket);
    else this.#first(frame);
  }

  /** What arrived was no JSON, or too large. */
  receiveGarbage(code: "bad-frame" | "too-large", text: string): void {
    if (!this.#over) this.#reader.bad({ text }, code);
  }

  /** The connection has gone. */
  disconnected(how: Departure): void {
    this.#over = true;
    this.#session?.disconnected(how, this.#socket);
  }

  #first(frame: ClientFrame): void {
    if (frame.type !== "session.open" && frame.type !== "session.resume")
      return this.#refuse({ re: frame.id, code: "not-signed-in", text: "Send session.open first." });
    if (this.#opening)
      return this.#refuse({ re: frame.id, code: "wrong-state", text: "This session is open already." });
    if (frame.type === "session.open" && !fitsUserData(frame.userData))
      return this.#refuse({ re: frame.id, code: "too-large", text: "The user data is too large." });
    this.#opening = true;
    this.#signIn(frame).then(
      (identity) => this.#signedIn(frame, identity),
      (fault: unknown) => this.#notSignedIn(frame.id, fault),
    );
  }

  async #signIn(frame: SignIn): Promise<Identity> {
    const { token, user, appKey } = frame;
    const displayName = frame.type === "session.open" ? frame.displayName : undefined;
    if (appKey !== undefined) return this.#parts.welcomeGuest(appKey, this.#socket, displayName);
    if (this.#socket.guestsOnly) throw new TokenError("origin-refused", "this origin has an application key only");
    if (token !== undefined) return this.#parts.verify(token);
    if (user !== undefined) return this.#parts.develop(user, this.#socket);
    throw new TokenError("token-refused", "neither token nor user");
  }

  #signedIn(frame: SignIn, identity: Identity): void {
    if (this.#over) return;
    if (frame.type === "session.open") this.#open(frame, identity);
    else void this.#resume(frame, identity);
  }

  #open(frame: ClientFrameOf<"session.open">, identity: Identity): void {
    this.#opening = false;
    const name = identity.name ?? frame.displayName;
    const named = { ...identity, ...(name !== undefined && name !== "" && { name }) };
    this.#session = new Session(this.#socket.address, named, this.#parts);
    this.#session.opened(frame, this.#socket);
  }

  /** Somebody else's session is answered like one that never was. */
  async #resume(frame: ClientFrameOf<"session.resume">, identity: Identity): Promise<void> {
    const { sessionId, id: re } = frame;
    try {
      const session = await this.#parts.fetch(sessionId, identity);
      if (this.#over) return;
      const known = session?.isFor(identity) === true;
      this.#parts.resumed(known ? "resumed" : "unknown");
      if (!known) return this.#refuse({ re, code: "unknown-session", text: "There is no such session." });
      this.#session = session;
      session.resume(identity, this.#socket, frame);
    } catch (fault) {
      this.#parts.log.warn("session not fetched", { session: sessionId, fault: messageOf(fault) });
      this.#parts.resumed("failed");
      this.#refuse({ re, code: "server-error", text: "The session cannot be reached now. Try again in a moment." });
    } finally {
      this.#opening = false;
    }
  }

  #notSignedIn(re: string, fault: unknown): void {
    this.#opening = false;
    if (this.#over) return;
    const code = fault instanceof TokenError ? fault.code : "server-error";
    this.#parts.log.warn("sign-in refused", { ...this.#who(), why: messageOf(fault) });
    this.#refuse({ re, code, text: notOpened[code] });
    this.#reader.count("sign-in refused");
  }

  #hopeless(why: string): void {
    if (this.#session) return this.#session.close("bad-frames", 1008);
    this.#over = true;
    this.#socket.close(1008, why);
  }

  #refuse(refusal: Omit<Refusal, "type">, counted: RefusalCode | "unknown-type" = refusal.code): void {
    this.#parts.refused(counted);
    this.#socket.send({ type: "refused", ...refusal });
  }

  #who(): { address: string; session?: string } {
    return { ...(this.#session && { session: this.#session.id }), address: this.#socket.address };
  }
}
