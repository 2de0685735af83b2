import { Emitter } from "../gateway/base/emitter.ts";
import type { Meter, Platform } from "./platform.ts";

/** What a call sends: the stream of a microphone whose track can be exchanged while it is in use. */
export class Microphone {
  readonly events = new Emitter<{
    /** The stream has another track now. */
    swapped: [MediaStreamTrack];
    /** The device went away by itself; the id it had. */
    lost: [deviceId: string | undefined];
    closed: [];
  }>();
  readonly stream: MediaStream;
  readonly #platform: Platform;
  /** A stream that the application brought stays its own: it is not stopped here. */
  readonly #owned: boolean;
  #meter: Meter | undefined;
  #muted = false;
  #closed = false;

  constructor(platform: Platform, stream: MediaStream, owned: boolean) {
    this.#platform = platform;
    this.stream = stream;
    this.#owned = owned;
    this.#watch(this.track);
  }

  get track(): MediaStreamTrack | undefined {
    return this.stream.getAudioTracks()[0];
  }

  get deviceId(): string | undefined {
    return this.track?.getSettings().deviceId;
  }

  /** A muted track sends silence; the device stays open. */
  mute(on: boolean): void {
    this.#muted = on;
    if (this.track) this.track.enabled = !on;
  }

  /** Loudness now, 0 to 1; 0 while muted. */
  level(): number {
    if (!this.track || this.#muted || this.#closed) return 0;
    this.#meter ??= this.#platform.openMeter(this.stream);
    return this.#meter.read();
  }

  /** Takes `track` into the stream in place of the present one. */
  swap(track: MediaStreamTrack): void {
    if (this.#closed) return track.stop();
    const old = this.track;
    if (old) this.stream.removeTrack(old);
    if (this.#owned) old?.stop();
    this.stream.addTrack(track);
    track.enabled = !this.#muted;
    this.#closeMeter();
    this.#watch(track);
    this.events.emit("swapped", track);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeMeter();
    if (this.#owned) for (const track of this.stream.getTracks()) track.stop();
    this.events.emit("closed");
  }

  #closeMeter(): void {
    this.#meter?.close();
    this.#meter = undefined;
  }

  /** Media Capture 4.3: `ended` is not fired by our own stop(), only when the device is gone. */
  #watch(track: MediaStreamTrack | undefined): void {
    track?.addEventListener("ended", () => {
      if (!this.#closed && track === this.track) this.events.emit("lost", track.getSettings().deviceId);
    });
  }
}
