import type { ServerEvent } from "../gateway/protocol/server-frame.ts";
import type { Target } from "../gateway/protocol/values.ts";
import { CallMedia } from "./call-media.ts";
import { refuseUnsupported, type CallOptions } from "./call-options.ts";
import { Call, type CallParts } from "./call.ts";
import { asClientError, ClientError } from "./client-error.ts";
import type { Link, Standing } from "./link.ts";
import { LiveObject } from "./live.ts";
import type { Platform } from "./platform.ts";
import { mergeRecords, recordOf, withoutRecords, type CallRecord, type Page } from "./recents.ts";
import type { Sound } from "./sound.ts";
import { readTarget } from "./target.ts";

export interface CallsView {
  /** Calls that are not over, oldest first. */
  readonly calls: readonly Call[];
  /** The user's last calls, newest first: empty until `history` was asked for, from then on up to date by itself. */
  readonly recents: readonly CallRecord[];
}

export interface CallsEvents {
  incoming: Call;
  /** Also `incoming`: it came while another call was up. */
  waiting: Call;
}

/** The calls of a session. */
export class Calls extends LiveObject<CallsView, CallsEvents> {
  readonly #link: Link;
  readonly #sound: Sound;
  readonly #platform: Platform;
  #following = false;

  constructor(link: Link, sound: Sound, platform: Platform) {
    super({ calls: Object.freeze([]), recents: Object.freeze([]) });
    this.#link = link;
    this.#sound = sound;
    this.#platform = platform;
    link.events.on("fact", (fact) => {
      if (fact.type === "call.incoming") this.#onIncoming(fact);
      else if (fact.type === "history.added") this.#remember([recordOf(fact.record)]);
      else if (fact.type === "history.forgotten") this.#forgotten(fact.references);
    });
    link.events.on("standing", (calls) => calls.forEach((call) => this.#goOn(call)));
    link.keepMuted(() => this.view().calls.flatMap((call) => (call.view().muted.audio ? [call.id] : [])));
    // Asked for, given up, and started all the same: nobody else would end it.
    link.events.on("stray", (answer) => {
      if (answer.type === "call.started") this.#drop(answer.callId);
    });
    // Ended here while the gateway could not be told.
    link.events.on("resumed", ({ calls }) => {
      const known = new Set(this.view().calls.map(({ id }) => id));
      for (const callId of calls) if (!known.has(callId)) this.#drop(callId);
    });
    // What happened while the connection was lost.
    link.events.on("opened", () => void (this.#following && this.history().catch(() => {})));
    link.events.on("state", (state) => {
      if (state === "closed") this.finish();
    });
  }

  /**
   * Calls `target`; resolves when the gateway has taken the call, which then dials.
   * @throws ClientError `bad-target`, `not-allowed`, `microphone-…`, `insecure-context`, `unreachable`, `aborted` …
   */
  async start(target: Target | string, options: CallOptions = {}): Promise<Call> {
    const to = readTarget(target);
    refuseUnsupported(options);
    const abandoned = (): void => {
      if (options.signal?.aborted) throw new ClientError("aborted");
    };
    abandoned();
    const media = new CallMedia(this.#platform, this.#sound, await this.#sound.open(options.media));
    try {
      abandoned();
      const description = await media.offer();
      abandoned();
      const call = await this.#link.request(
        { type: "call.start", target: to, description, ...(options.data === undefined ? {} : { data: options.data }) },
        "call.started",
        ({ callId: id, reference, peer }) => this.#add({ id, reference, peer, state: "dialing", media }),
      );
      this.#endOnAbort(call, options.signal);
      abandoned();
      return call;
    } catch (thrown) {
      media.close();
      throw asClientError(thrown, "unsupported");
    }
  }

  /**
   * Has the gateway ring the telephone `myNumber` and join it to `target` when somebody answers there: for browsers
   * without microphone. The call is seen here without media: it rings, is connected, can be ended and sent digits.
   * What one's own telephone does (busy, no answer, hung up) ends it `by: "system"`. It goes on without this page
   * once the telephone has been answered.
   * @throws ClientError `bad-target`, `not-allowed`, `rate-limited`, `unreachable`
   */
  async callMe(myNumber: string, target: Target | string): Promise<Call> {
    return this.#link.request(
      { type: "call.me", number: myNumber, target: readTarget(target) },
      "call.started",
      ({ callId: id, reference, peer }) => this.#add({ id, reference, peer, state: "dialing" }),
    );
  }

  /**
   * The user's last calls, from all of the user's devices, newest first; they stay in `view().recents`.
   * @throws ClientError `unsupported` for guests, `unreachable`
   */
  async history({ before, limit = 50 }: Page = {}): Promise<readonly CallRecord[]> {
    const records = await this.#link.request(
      { type: "history.list", limit, ...(before !== undefined && { before }) },
      "history",
      (answer) => answer.records.map(recordOf),
    );
    this.#following = true;
    this.#remember(records);
    return Object.freeze(records);
  }

  /** Takes calls out of the list, on all devices; without `references` all. @throws ClientError `unreachable` */
  forget(references?: readonly string[]): Promise<void> {
    const some = references && { references: [...references] };
    return this.#link.request({ type: "history.forget", ...some }, "ok", () => this.#forgotten(references));
  }

  #remember(records: readonly CallRecord[]): void {
    if (this.#following) this.update({ recents: mergeRecords(records, this.view().recents) });
  }

  #forgotten(references: readonly string[] | undefined): void {
    this.update({ recents: withoutRecords(this.view().recents, references) });
  }

  #endOnAbort(call: Call, signal: AbortSignal | undefined): void {
    const end = (): void => {
      if (!call.view().since) void call.end();
    };
    signal?.addEventListener("abort", end);
    void call.ended.then(() => signal?.removeEventListener("abort", end));
    if (signal?.aborted) end();
  }

  #onIncoming(fact: Extract<ServerEvent, { type: "call.incoming" }>): void {
    // It rings again for a page that was loaded anew, which may have missed the first time.
    if (this.view().calls.some(({ id }) => id === fact.callId)) return;
    const waiting = this.view().calls.length > 0;
    const { callId: id, reference, peer, description: offer, data } = fact;
    const call = this.#add({ id, reference, peer, data, offer, state: "offered" });
    this.emit("incoming", call);
    if (waiting) this.emit("waiting", call);
  }

  /** The page was loaded anew, the call stands. */
  #goOn({ callId: id, reference, peer, data, talkedMs, remoteHold, media, muted }: Standing): void {
    const since = new Date(this.#platform.clock.now() - talkedMs);
    const state = media ? "reconnecting" : "connected";
    this.#add({ id, reference, peer, data, state, since, muted, remoteHold });
  }

  #add(parts: Omit<CallParts, "link" | "sound" | "platform">): Call {
    const call = new Call({ ...parts, link: this.#link, sound: this.#sound, platform: this.#platform });
    this.update({ calls: Object.freeze([...this.view().calls, call]) });
    call.on("ended", () => this.update({ calls: Object.freeze(this.view().calls.filter((other) => other !== call)) }));
    return call;
  }

  #drop(callId: string): void {
    this.#link.request({ type: "call.end", callId }, "ok", () => undefined).catch(() => {});
  }
}
