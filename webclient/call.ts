import { messageOf } from "../gateway/base/errors.ts";
import type { Json } from "../gateway/base/json.ts";
import type { ClientFrameOf } from "../gateway/protocol/client-frame.ts";
import type { ServerEvent } from "../gateway/protocol/server-frame.ts";
import type { Description } from "../gateway/protocol/values.ts";
import { ownEnd, type CallEnd } from "./call-end.ts";
import { CallMedia } from "./call-media.ts";
import { refuseUnsupported, type CallOptions } from "./call-options.ts";
import { nextCallState, type CallInput, type CallState } from "./call-state.ts";
import { asClientError, ClientError } from "./client-error.ts";
import { digitFrames } from "./digits.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import type { Peer } from "./peer.ts";
import type { Platform } from "./platform.ts";
import type { MediaCounters, Quality } from "./quality.ts";
import { QualityWatch } from "./quality-watch.ts";
import type { Sound } from "./sound.ts";

export interface CallView {
  readonly state: CallState;
  /** The network plays something before the answer: no ringing tone of our own then. */
  readonly earlyMedia: boolean;
  readonly peer: Peer;
  /** When it was answered. */
  readonly since?: Date;
  readonly hold: { readonly local: boolean; readonly remote: boolean };
  readonly muted: { readonly audio: boolean; readonly video: boolean };
  readonly video: boolean;
  readonly recording: boolean;
  /** Of the last five seconds, while it is up. */
  readonly quality?: Quality;
  readonly end?: CallEnd;
}

export interface CallEvents {
  state: CallView;
  /** Once. */
  ended: CallEnd;
  /** What the far end sends has begun to come: `call.remote`. */
  remote: MediaStream;
  /** One digit that the far end pressed: 0-9 * # A-D. */
  digits: string;
  /** Every five seconds while it is up. */
  quality: Quality;
  /** Something is wrong, the call goes on. */
  problem: ClientError;
}

/** What a call is made of. Not for applications: calls come from `session.call` and `incoming`. */
export interface CallParts {
  readonly id: string;
  readonly reference: string;
  readonly peer: Peer;
  readonly data?: unknown;
  /** `reconnecting`: of the page's last load, and its peer connection has gone with that. */
  readonly state: "dialing" | "offered" | "reconnecting" | "connected";
  /** When it was answered, in an earlier load of the page; what was then. */
  readonly since?: Date;
  readonly muted?: boolean;
  readonly remoteHold?: boolean;
  readonly media?: CallMedia;
  readonly offer?: Description | undefined;
  readonly link: Link;
  readonly sound: Sound;
  readonly platform: Platform;
}

/** How long the gateway may take to confirm an end before the call is over here anyway. */
const endDeadlineMs = 2_000;

/** One call of this page with one far end. */
export class Call extends LiveObject<CallView, CallEvents> {
  readonly id: string;
  /** Short code for people; support finds the call's story by it. */
  readonly reference: string;
  /** What the caller's application sent along. */
  readonly data: Json | undefined;
  /** Settles when the call is over, however that came; it never rejects. */
  readonly ended: Promise<CallEnd>;
  readonly #parts: CallParts;
  readonly #off: (() => void)[];
  #media: CallMedia | undefined;
  #remote: MediaStream | undefined;
  /** False from the moment it is known that no sound can pass. */
  #soundPasses = true;
  #answering: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #watch: QualityWatch | undefined;
  #settle: (end: CallEnd) => void = () => {};

  constructor(parts: CallParts) {
    super({
      state: parts.state,
      earlyMedia: false,
      peer: Object.freeze(parts.peer),
      ...(parts.since && { since: parts.since }),
      hold: Object.freeze({ local: false, remote: parts.remoteHold === true }),
      muted: Object.freeze({ audio: parts.muted === true, video: false }),
      video: false,
      recording: false,
    });
    this.#parts = parts;
    this.id = parts.id;
    this.reference = parts.reference;
    this.data = parts.data as Json | undefined;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.#off = [
      parts.link.events.on("fact", (fact) => this.#onFact(fact)),
      parts.link.events.on("lost", (closed) => this.#onLinkLost(closed)),
      // That it ended may be among what was missed and is kept no longer.
      parts.link.events.on("resumed", ({ calls }) => void (calls.includes(this.id) || this.#onLinkLost(undefined))),
    ];
    if (parts.media) this.#adopt(parts.media);
    if (parts.state === "reconnecting") void this.#renew();
  }

  /** What this side sends, from the moment the microphone is open. */
  get local(): MediaStream | undefined {
    return this.#media?.microphone.stream;
  }

  /** What the far end sends; it is played by the library. */
  get remote(): MediaStream | undefined {
    return this.#remote;
  }

  /** Loudness of both sides now, 0 to 1. Read it at display rate; it costs nothing else. */
  levels(): { local: number; remote: number } {
    return { local: this.#media?.microphone.level() ?? 0, remote: this.#media?.remoteLevel() ?? 0 };
  }

  /**
   * Takes an offered call. Resolves when the gateway has accepted the answer; `connected` follows.
   * @throws ClientError `microphone-…`, `insecure-context` (the call still rings), `aborted` when the call is over
   */
  answer(options: CallOptions = {}): Promise<void> {
    if (this.view().state !== "offered") return Promise.reject(new ClientError("aborted"));
    return (this.#answering ??= this.#answer(options).finally(() => (this.#answering = undefined)));
  }

  /** Refuses an offered call. Does nothing in other states. */
  async reject(reason: "busy" | "declined" = "declined"): Promise<void> {
    if (this.view().state !== "offered") return;
    await (this.#ending ??= this.#leave({ type: "call.reject", callId: this.id, reason }));
  }

  /** Ends the call in whatever state it is; an offered one is declined. Never rejects. */
  async end(): Promise<void> {
    if (this.view().state === "ended") return;
    if (this.view().state === "offered" && !this.#answering) return this.reject();
    await (this.#ending ??= this.#leave({ type: "call.end", callId: this.id }));
  }

  /** Silences this side, or lets it be heard again; without `on` the other of the two. Acts here, at once. */
  mute(kind: "audio", on = !this.view().muted[kind]): void {
    this.#media?.microphone.mute(on);
    this.#change({ muted: Object.freeze({ ...this.view().muted, [kind]: on }) });
  }

  /** How well sound passes now. @throws ClientError `aborted` when the call is not up */
  async stats(): Promise<Quality> {
    const quality = await this.#watch?.now();
    if (!quality) throw new ClientError("aborted");
    return quality;
  }

  /**
   * Sends digits as tones: 0-9 * # A-D; "," waits a second.
   * @throws ClientError `unsupported` for other characters, else as the gateway refuses
   */
  async sendDigits(digits: string): Promise<void> {
    for (const part of digitFrames(digits)) await this.#request({ type: "call.dtmf", callId: this.id, digits: part });
  }

  /**
   * Goes on with a call of the page's last load, over a peer connection of its own. Without a microphone the far end is
   * heard, and `problem` says why it hears nothing. Never rejects.
   */
  async #renew(): Promise<void> {
    await this.#guard(async () => {
      const { platform, sound, link } = this.#parts;
      const microphone = await sound.open().catch(async (thrown: unknown) => {
        this.#onProblem(asClientError(thrown, "unsupported"));
        return sound.open({ audio: false });
      });
      const media = new CallMedia(platform, sound, microphone);
      if (this.view().state === "ended") return media.close();
      this.#adopt(media);
      this.#watchQuality();
      const description = await media.offer();
      const answer = await link
        .request({ type: "call.renew", callId: this.id, description }, "call.renewed", (renewed) => renewed.description)
        .catch((refusal: ClientError) => this.#notRenewed(refusal));
      if (answer) await media.take(answer, false);
    });
  }

  /** The gateway has it no longer, or no sound can pass: it is over in either case. */
  #notRenewed({ message }: ClientError): undefined {
    if (this.view().state === "ended") return;
    this.#request({ type: "call.end", callId: this.id }).catch(() => {});
    const end = ownEnd("media-failed", { by: "system", ...this.#facts() });
    this.#finish({ ...end, text: `${end.text} ${message}` });
  }

  async #answer(options: CallOptions): Promise<void> {
    refuseUnsupported(options);
    const { platform, sound, offer } = this.#parts;
    const microphone = await sound.open(options.media);
    const media = new CallMedia(platform, sound, microphone);
    try {
      const description = offer ? await media.answer(offer) : await media.offer();
      if (this.view().state !== "offered" || options.signal?.aborted || !description) throw new ClientError("aborted");
      this.#adopt(media);
      await this.#request({ type: "call.answer", callId: this.id, description });
    } catch (thrown) {
      this.#media = undefined;
      media.close();
      throw asClientError(thrown, "unsupported");
    }
  }

  #adopt(media: CallMedia): void {
    this.#media = media;
    media.microphone.mute(this.view().muted.audio);
    media.events.on("remote", (stream) => {
      this.#remote = stream;
      this.emit("remote", stream);
    });
    media.events.on("path", (path) => {
      this.#soundPasses = path === "up";
      this.#input(path === "up" ? "restored" : "interrupted");
    });
    media.events.on("problem", (problem) => this.#onProblem(problem));
    media.watch();
  }

  #onFact(fact: ServerEvent): void {
    if (!("callId" in fact) || fact.callId !== this.id) return;
    switch (fact.type) {
      case "call.ringing":
        return this.#input("ringing");
      case "call.early":
        this.#change({ earlyMedia: true });
        return this.#take(fact.description, true);
      case "call.answered":
        if (fact.description) this.#take(fact.description, false);
        this.#input("answered");
        return this.#soundPasses ? undefined : this.#input("interrupted");
      case "call.update":
        return this.#onUpdate(fact.description);
      case "call.hold":
        return void this.#change({ hold: Object.freeze({ ...this.view().hold, remote: fact.remote }) });
      case "call.dtmf":
        return this.emit("digits", fact.digit);
      case "call.ended": {
        const { type: _type, callId: _callId, seq: _seq, ...end } = fact as typeof fact & { seq?: number };
        return this.#finish(end);
      }
    }
  }

  /** An answer is taken, an offer answered; nothing means that the far end wants an offer (RFC 3261 14.2). */
  #onUpdate(description: Description | undefined): void {
    if (description?.kind === "answer") return this.#take(description, false);
    void this.#guard(async () => {
      const reply = await (description ? this.#media?.answer(description) : this.#media?.offer());
      if (reply) await this.#request({ type: "call.update", callId: this.id, description: reply });
    });
  }

  #take(description: Description, provisional: boolean): void {
    void this.#guard(async () => this.#media?.take(description, provisional));
  }

  /** A description that the browser cannot take leaves a call without sound: it is ended, and says why. */
  async #guard(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      if (this.view().state === "ended" || thrown instanceof ClientError) return;
      this.#request({ type: "call.end", callId: this.id }).catch(() => {});
      const end = ownEnd("media-failed", { by: "local", ...this.#facts() });
      this.#finish({ ...end, text: `${end.text} ${messageOf(thrown)}` });
    }
  }

  #onLinkLost(closed: string | undefined): void {
    const own = closed === "closed";
    this.#finish(ownEnd(own ? "normal" : "network-lost", { by: own ? "local" : "system", ...this.#facts() }));
  }

  #request(request: Parameters<Link["request"]>[0], deadlineMs?: number): Promise<void> {
    return this.#parts.link.request(request, "ok", () => undefined, deadlineMs);
  }

  /** Says goodbye and waits for `call.ended`, but not for ever: the user has hung up in any case. */
  async #leave(request: Parameters<Link["request"]>[0]): Promise<void> {
    const late = this.#parts.platform.clock.after(endDeadlineMs, () => this.#finishLocally());
    this.#request(request, endDeadlineMs).catch(() => this.#finishLocally());
    await this.ended;
    late.cancel();
  }

  #finishLocally(): void {
    this.#finish(ownEnd("normal", { by: "local", ...this.#facts() }));
  }

  #facts(): Pick<CallEnd, "reference" | "durationMs"> {
    const { since } = this.view();
    const durationMs = since ? this.#parts.platform.clock.now() - since.getTime() : 0;
    return { reference: this.reference, durationMs };
  }

  #input(input: CallInput): void {
    const { state, since } = this.view();
    const next = nextCallState(state, input);
    const answered = next === "connected" && !since;
    if (answered) this.#watchQuality();
    this.#change({ state: next, ...(answered ? { since: new Date(this.#parts.platform.clock.now()) } : {}) });
  }

  #watchQuality(): void {
    const source = {
      counters: async () => this.#media?.counters(),
      expected: () => {
        const { hold, muted } = this.view();
        const held = hold.local || hold.remote;
        return { sends: !held && !muted.audio && this.#media?.microphone.track !== undefined, hears: !held };
      },
    };
    this.#watch ??= new QualityWatch(this.#parts.platform.clock, source, (quality, counters, report) => {
      if (this.view().state === "ended") return;
      this.update({ quality: Object.freeze(quality) });
      this.emit("quality", quality);
      if (report) this.#report(quality, counters);
    });
  }

  #onProblem(problem: ClientError): void {
    this.emit("problem", problem);
    const { code, detail } = problem;
    this.#tell({ problem: { code, ...(detail && { detail }) } });
  }

  #report({ mos, loss, jitterMs, rttMs }: Quality, { sent, received, pair }: MediaCounters): void {
    const quality = { mos, loss, jitterMs, rttMs, sent, received };
    this.#tell({ quality, ...(pair && { pair }) });
  }

  /** For the call's story at the gateway; one that keeps none refuses, and nothing is lost. */
  #tell(seen: Omit<ClientFrameOf<"call.report">, "type" | "id" | "callId">): void {
    this.#request({ type: "call.report", callId: this.id, ...seen }).catch(() => {});
  }

  #change(patch: Partial<CallView>): void {
    if (this.update(patch)) this.emit("state", this.view());
  }

  #finish(end: CallEnd): void {
    if (this.view().state === "ended") return;
    for (const off of this.#off) off();
    this.#watch?.stop();
    this.#media?.close();
    this.#change({ state: "ended", end: Object.freeze(end) });
    this.emit("ended", end);
    this.#settle(end);
    this.finish();
  }
}
