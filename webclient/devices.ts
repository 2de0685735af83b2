import type { Timer } from "../gateway/base/clock.ts";
import { ClientError } from "./client-error.ts";
import { LiveObject } from "./live.ts";
import type { Platform } from "./platform.ts";
import type { Chosen, Sound } from "./sound.ts";

export interface DevicesView {
  /** Empty, or without names, until the microphone was allowed once. */
  readonly microphones: readonly MediaDeviceInfo[];
  readonly cameras: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
  /** Loudness of the own microphone while a call is up, 0 to 1 in steps of 0.05, ten times a second. */
  readonly level: number;
  readonly chosen: Chosen;
}

export interface DevicesEvents {
  /** A device in use went away; a lost microphone has been replaced by the browser's next choice. */
  lost: MediaDeviceInfo;
  /** The browser forbids it until the user acts: `playback` needs `startAudio()` in a click. */
  blocked: "playback" | "microphone" | "camera";
}

const levelEveryMs = 100;
const levelStep = 0.05;

const ofKind = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind): readonly MediaDeviceInfo[] =>
  Object.freeze(devices.filter((device) => device.kind === kind && device.deviceId !== ""));

/** Microphones and loudspeakers: what there is, what is used. */
export class Devices extends LiveObject<DevicesView, DevicesEvents> {
  readonly #platform: Platform;
  readonly #sound: Sound;
  readonly #refresh = (): void => void this.#list();
  #levels: Timer | undefined;

  constructor(platform: Platform, sound: Sound) {
    super({ microphones: [], cameras: [], speakers: [], level: 0, chosen: Object.freeze({}) });
    this.#platform = platform;
    this.#sound = sound;
    platform.media?.addEventListener?.("devicechange", this.#refresh);
    sound.events.on("open", (count) => this.#onOpen(count));
    sound.events.on("chosen", (chosen) => this.update({ chosen }));
    sound.events.on("blocked", (what) => this.emit("blocked", what));
    sound.events.on("lost", (deviceId) => this.#onLost(deviceId));
    this.#refresh();
  }

  /**
   * Uses a device from now on, in calls that are up too. `ring`: for the ringing only.
   * @throws ClientError `microphone-…`; `unsupported` where the browser cannot choose a loudspeaker, and for cameras
   */
  async use(device: MediaDeviceInfo, as: "call" | "ring" = "call"): Promise<void> {
    if (device.kind === "videoinput") throw new ClientError("unsupported");
    if (as === "ring") return this.#sound.useRinger(device.deviceId);
    if (device.kind === "audioinput") return this.#sound.useMicrophone(device.deviceId);
    return this.#sound.useSpeaker(device.deviceId);
  }

  /** Starts the sound that the browser held back. Call it in a click. @throws ClientError `playback-blocked` */
  startAudio(): Promise<void> {
    return this.#sound.startAudio();
  }

  #onOpen(count: number): void {
    this.#refresh();
    if (count > 0) this.#levels ??= this.#platform.clock.every(levelEveryMs, () => this.#readLevel());
    else {
      this.#levels?.cancel();
      this.#levels = undefined;
      this.update({ level: 0 });
    }
  }

  #readLevel(): void {
    this.update({ level: Math.round(this.#sound.level() / levelStep) * levelStep });
  }

  #onLost(deviceId: string | undefined): void {
    const device = this.view().microphones.find((known) => known.deviceId === deviceId);
    if (device) this.emit("lost", device);
  }

  async #list(): Promise<void> {
    const devices = await this.#platform.media?.enumerateDevices?.().catch(() => []);
    if (!devices) return;
    this.update({
      microphones: ofKind(devices, "audioinput"),
      cameras: ofKind(devices, "videoinput"),
      speakers: ofKind(devices, "audiooutput"),
    });
  }
}
