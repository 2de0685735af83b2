import { systemClock } from "../../../gateway/base/clock.ts";
import type { Call, CallOptions, Session, Target } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import type { Ringer } from "../sound/ringer.ts";
import type { Notices } from "./notices.ts";
import type { Preferences } from "./preferences.ts";

/** A call that has been asked for; the microphone, the connection or the gateway has not answered yet. */
export interface Attempt {
  readonly target: Target;
  readonly abort: AbortController;
}

export interface StageView {
  readonly attempt?: Attempt | undefined;
  /** The call on the stage: up, or just over. */
  readonly call?: Call | undefined;
  /** Whether the call is shown, or a tab with the call in a bar above. */
  readonly callShown: boolean;
  readonly offered: readonly Call[];
}

export interface StageParts {
  readonly notices: Notices;
  readonly preferences: Preferences;
  readonly ringer: Ringer;
}

const rawVoice = { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } };

export const isOver = (call: Call | undefined): boolean => call?.view().state === "ended";

/** The calls of a session as they are shown: one on the stage, those that ring as cards. */
export class Stage extends LiveObject<StageView, { offered: Call }> {
  readonly #parts: StageParts;
  readonly #known = new WeakSet<Call>();
  readonly #incoming = new WeakSet<Call>();
  /** The call that is answered as soon as it comes: pressed on a notification. */
  #awaited: string | undefined;
  #session: Session | undefined;
  /** Calls that start now are the page's own tests, and not shown. */
  #testing = false;

  constructor(parts: StageParts) {
    super({ callShown: true, offered: [] });
    this.#parts = parts;
  }

  /** From now on the calls of that session. */
  adopt(session: Session): void {
    this.#session = session;
    this.#follow(session.calls.view().calls);
    session.calls.subscribe(() => this.#follow(session.calls.view().calls));
    this.#follow(session.calls.view().calls);
    session.on("state", ({ state }) => {
      if (state === "closed") this.#clear();
    });
  }

  /** Puts the call on the stage, or aside into the bar. One that is over goes. */
  show(callShown: boolean): void {
    this.update({ callShown });
    if (!callShown) this.dismiss();
  }

  /** Calls at once, or when the connection is back. */
  async call(target: Target, options: CallOptions = {}): Promise<void> {
    const session = this.#session;
    if (!session || this.busy()) return;
    const attempt = { target, abort: new AbortController() };
    const { signal } = attempt.abort;
    this.update({ attempt, call: undefined, callShown: true });
    this.#parts.notices.dismiss();
    try {
      while (session.view().state !== "connected") await session.next("state", { signal });
      await session.call(target, { ...this.#media(), ...options, signal });
    } catch (thrown) {
      if (this.view().attempt === attempt) this.update({ attempt: undefined });
      this.#parts.notices.tell(thrown, (more) => void this.call(target, more));
    }
  }

  /** A call that tries the way of the sound: it is not shown. @throws ClientError as `session.call` */
  async test(target: Target, signal: AbortSignal): Promise<Call | undefined> {
    this.#testing = true;
    try {
      return await this.#session?.call(target, { media: { audio: false }, signal });
    } finally {
      this.#testing = false;
    }
  }

  /** Answers; a call that is up is ended first. */
  async answer(call: Call, options: CallOptions = {}): Promise<void> {
    this.view().attempt?.abort.abort();
    void this.up()?.end();
    this.#parts.notices.dismiss();
    try {
      await call.answer({ ...this.#media(), ...options });
    } catch (thrown) {
      this.#parts.notices.tell(thrown, (more) => void this.answer(call, more));
    }
  }

  /** Answers the call of that id, which rings or will. Others cannot be meant: nobody guesses an id. */
  answerWhenItRings(callId: string): void {
    const call = this.view().offered.find(({ id }) => id === callId);
    if (call) void this.answer(call);
    else this.#awaited = callId;
  }

  /** Ends what is on the stage, whatever it is. */
  end(): void {
    this.view().attempt?.abort.abort();
    this.update({ attempt: undefined });
    void this.up()?.end();
  }

  /** Clears the stage of a call that is over. */
  dismiss(): void {
    if (isOver(this.view().call)) this.update({ call: undefined });
  }

  /** The call on the stage that is not over. */
  up(): Call | undefined {
    const { call } = this.view();
    return isOver(call) ? undefined : call;
  }

  busy(): boolean {
    return this.view().attempt !== undefined || this.up() !== undefined;
  }

  /** Whether somebody called this page, and not the other way round. */
  cameIn(call: Call): boolean {
    return this.#incoming.has(call);
  }

  /** Milliseconds since the call on the stage was answered. */
  talkedMs(): number {
    const { since, end } = this.view().call?.view() ?? {};
    return end?.durationMs ?? (since ? systemClock.now() - since.getTime() : 0);
  }

  #media(): CallOptions {
    return this.#parts.preferences.view().cleanVoice ? {} : { media: rawVoice };
  }

  #clear(): void {
    this.#session = undefined;
    this.update({ call: undefined, attempt: undefined, offered: [] });
    this.#ring();
  }

  /** Whoever started or answered a call, it is shown. */
  #follow(calls: readonly Call[]): void {
    for (const call of calls.filter((some) => !this.#known.has(some))) {
      this.#known.add(call);
      if (call.view().state === "offered") this.#offer(call);
      else if (!this.#testing) this.#take(call);
    }
  }

  #offer(call: Call): void {
    this.#incoming.add(call);
    this.update({ offered: [...this.view().offered, call] });
    const off = call.on("state", ({ state, end }) => {
      if (state === "offered") return;
      off();
      this.update({ offered: this.view().offered.filter((other) => other !== call) });
      if (state === "connected") this.#take(call);
      // Missed, or answered elsewhere: said, unless something more important is on the stage.
      else if (end && end.by !== "local" && !this.busy()) this.update({ call, callShown: true });
      this.#ring();
    });
    this.#ring();
    this.emit("offered", call);
    if (call.id === this.#awaited) void this.answer(call);
  }

  #take(call: Call): void {
    const { notices, ringer } = this.#parts;
    this.update({ call, attempt: undefined, callShown: true });
    call.on("problem", (problem) => notices.tell(problem));
    call.on("state", ({ state }) => {
      if (state === "connected") notices.dismiss("ice-failed");
      this.#ring();
    });
    call.on("ended", () => {
      ringer.once("ended");
      notices.blockSound(false);
      if (this.view().call !== call) return;
      notices.dismiss();
      this.update({ callShown: true });
    });
    this.#ring();
  }

  #ring(): void {
    this.#parts.ringer.follow(this.up()?.view(), this.view().offered.length > 0);
  }
}
