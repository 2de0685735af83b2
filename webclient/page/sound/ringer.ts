import type { CallView } from "../../index.ts";
import { Tones, type ToneName } from "./tones.ts";

/** Which sound belongs to what is going on; never one of a state that has passed. */
function soundOf(call: CallView | undefined, offered: boolean): ToneName | undefined {
  if (offered) return call ? "waiting" : "ring";
  return call?.state === "ringing" && !call.earlyMedia ? "ringback" : undefined;
}

/** Rings, and plays the ringing tone of a call that the network leaves silent. */
export class Ringer {
  /** Ringing has a loudspeaker and a volume of its own. */
  readonly #bell = new Tones();
  readonly #line = new Tones();
  #device: string | undefined;
  #wasUp = false;
  #silenced = false;

  follow(call: CallView | undefined, offered: boolean): void {
    if (!offered) this.#silenced = false;
    const sound = soundOf(call, offered);
    this.#bell.loop(sound === "ring" && !this.#silenced ? "ring" : undefined);
    this.#line.loop(sound === "ring" ? undefined : sound);
    const isUp = call?.since !== undefined;
    if (isUp && !this.#wasUp) this.#line.play("connected");
    this.#wasUp = isUp;
  }

  /** The bell falls silent until nobody calls any more. */
  silence(): void {
    this.#silenced = true;
    this.#bell.loop(undefined);
  }

  once(name: ToneName): void {
    (name === "ring" ? this.#bell : this.#line).play(name);
  }

  /** 0 to 1. */
  volume(volume: number): void {
    this.#bell.volume(volume);
  }

  use(deviceId: string | undefined): void {
    if (deviceId === undefined || deviceId === this.#device) return;
    this.#device = deviceId;
    void this.#bell.use(deviceId);
  }
}
