import { ClientError, type Call, type CallEnd } from "../index.ts";
import type { OldEvents } from "./events.ts";
import { oldReason, type Part } from "./reasons.ts";

export interface OldCallParts {
  readonly id: string;
  readonly part: Part;
  readonly remoteId: string;
  readonly events: OldEvents;
  /** It is over: how many of the page's calls are established now? */
  gone(call: OldCall): number;
}

/** Errors of the microphone, by the names that browsers give them. */
const mediaErrors: Readonly<Record<string, string>> = {
  "microphone-denied": "NotAllowedError",
  "microphone-missing": "NotFoundError",
  "microphone-busy": "NotReadableError",
  "insecure-context": "NotSupportedError",
};

/** One call, told as it was told in the old style. */
export class OldCall {
  readonly id: string;
  readonly remoteId: string;
  established = false;
  readonly #parts: OldCallParts;
  readonly #given = new AbortController();
  #call: Call | undefined;
  #stream = false;
  #over = false;

  constructor(parts: OldCallParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.remoteId = parts.remoteId;
  }

  /** `audio`, or `media` with a picture. */
  get callType(): string {
    return this.#call?.view().video ? "media" : "audio";
  }

  get isMuted(): boolean {
    return this.#call?.view().muted.audio === true;
  }

  /** Starts it; `start` gets the signal of a hang-up that comes before the gateway has taken the call. */
  dial(start: (signal: AbortSignal) => Promise<Call>): void {
    start(this.#given.signal).then(
      (call) => {
        this.#tellMedia(call);
        this.follow(call);
      },
      (fault: unknown) => this.#failed(fault),
    );
  }

  follow(call: Call): void {
    this.#call = call;
    const told = { callId: this.id, remoteId: this.remoteId };
    call.on("remote", (stream) => {
      this.#stream = true;
      const { callType } = this;
      this.#emit("remoteStreamAdded", { ...told, callType, destCallType: callType, stream });
    });
    call.on("state", ({ state }) => {
      if (state !== "connected" || this.established) return;
      this.established = true;
      const { callType } = this;
      this.#emit("callEstablished", { callId: this.id, calleeId: this.remoteId, callType, reference: call.reference });
    });
    call.on("problem", ({ code, message }) => this.#emit("error", { errorCode: code, errorInfo: message }));
    void call.ended.then((end) => this.#ended(end, oldReason(end, this.#parts.part)));
  }

  async accept(media: MediaStreamConstraints | undefined): Promise<void> {
    const call = this.#call;
    if (!call) return;
    try {
      await call.answer(media && { media });
      this.#tellMedia(call);
    } catch (fault) {
      this.#failed(fault);
      await call.reject();
    }
  }

  async hangUp(): Promise<void> {
    this.#given.abort();
    await this.#call?.end();
  }

  async refuse(reason?: "busy"): Promise<void> {
    await this.#call?.reject(reason);
  }

  toggleAudioMute(): void {
    this.#call?.mute("audio");
  }

  #tellMedia({ local: stream }: Call): void {
    const { callType, remoteId, id: callId } = this;
    this.#emit("userMediaSuccess", { callId, callType, remoteId, stream, videoIsAvailable: callType === "media" });
  }

  #failed(fault: unknown): void {
    const { code, message } = fault instanceof ClientError ? fault : new ClientError("unsupported", { cause: fault });
    const name = mediaErrors[code];
    const end = { by: code === "aborted" ? "local" : "system", reason: "normal" } as const;
    if (code === "aborted") return this.#ended(end, oldReason(end, this.#parts.part));
    if (name !== undefined) this.#emit("userMediaError", { callId: this.id, error: { name, message } });
    else this.#emit("error", { errorCode: code, errorInfo: message });
    this.#ended(end, name !== undefined ? "User_Media_Error" : code);
  }

  #ended({ by }: Pick<CallEnd, "by">, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    const { id: callId, remoteId } = this;
    if (this.#stream) this.#emit("remoteStreamRemoved", { callId });
    this.#emit("userMediaStop", { callId });
    const hangupType = by === "local" ? "local" : "remote";
    const lastEstablishedCall = this.#parts.gone(this) === 0;
    this.#emit(by === "local" ? "hangup" : "remoteHangup", {
      ...{ callId, remoteId, reason, hangupType, lastEstablishedCall },
    });
  }

  #emit(type: string, facts: object): void {
    this.#parts.events.emit(type, facts);
  }
}
