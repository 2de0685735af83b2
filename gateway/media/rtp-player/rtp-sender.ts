import { randomInt } from "node:crypto";
import type { Clock, Timer } from "../../base/clock.ts";
import { encodeG711, type Law } from "./g711.ts";
import { printRtp } from "./rtp-packet.ts";
import { frameMs, frameSamples, type SoundSource } from "./sound-source.ts";

export interface RtpSenderOptions {
  readonly clock: Clock;
  readonly source: SoundSource;
  readonly send: (datagram: Buffer) => void;
  /** The source has no more. */
  readonly finished: () => void;
}

/** A late timer is caught up with by so many packets at once; beyond that the time is left out. */
const burst = 5;

/** Sends a source as G.711, a packet each 20 ms of the clock, however the timer drifts. */
export class RtpSender {
  readonly #options: RtpSenderOptions;
  readonly #ssrc = randomInt(2 ** 32);
  readonly #timer: Timer;
  #format: { law: Law; payloadType: number } | undefined;
  #sequence = randomInt(2 ** 16);
  #timestamp = randomInt(2 ** 32);
  #due: number;
  #talking = false;
  #ended = false;

  constructor(options: RtpSenderOptions) {
    this.#options = options;
    this.#due = options.clock.monotonic();
    this.#timer = options.clock.every(frameMs, () => this.#tick());
  }

  /** What is sent from now on; undefined while the far end wants nothing: the source waits. */
  use(format: { law: Law; payloadType: number } | undefined): void {
    this.#format = format;
    this.#talking &&= format !== undefined;
  }

  close(): void {
    this.#ended = true;
    this.#timer.cancel();
  }

  #tick(): void {
    const now = this.#options.clock.monotonic();
    const late = Math.floor((now - this.#due) / frameMs) - burst;
    if (late > 0) this.#skip(late);
    while (this.#due <= now && !this.#ended) {
      this.#due += frameMs;
      this.#next();
    }
  }

  #next(): void {
    if (!this.#format) return this.#skipOne();
    const samples = this.#options.source();
    if (!samples) return this.#end();
    const payload = encodeG711(this.#format.law, samples);
    const { payloadType } = this.#format;
    // RFC 3551 4.1: the marker starts a talkspurt.
    const header = { payloadType, marker: !this.#talking, sequence: this.#sequence++, timestamp: this.#timestamp };
    this.#talking = true;
    this.#skipOne();
    this.#options.send(printRtp({ ...header, ssrc: this.#ssrc, payload }));
  }

  #end(): void {
    this.close();
    this.#options.finished();
  }

  #skip(frames: number): void {
    this.#due += frames * frameMs;
    this.#timestamp += frames * frameSamples;
  }

  #skipOne(): void {
    this.#timestamp += frameSamples;
  }
}
