import { Emitter } from "../gateway/base/emitter.ts";
import { capture } from "./capture.ts";
import { ClientError } from "./client-error.ts";
import { Microphone } from "./microphone.ts";
import type { Meter, Platform, Player } from "./platform.ts";

/** Ids of the devices that were chosen; what is absent is left to the browser. */
export interface Chosen {
  readonly microphone?: string;
  readonly speaker?: string;
  readonly ring?: string;
}

/** Sound of a far end that is being played. */
export interface Playing {
  /** Loudness now, 0 to 1. */
  level(): number;
  stop(): void;
}

const isStream = (media: MediaStreamConstraints | MediaStream): media is MediaStream => "getTracks" in media;

/** The sound of all calls of a session: microphones that are open, loudspeakers that play. */
export class Sound {
  readonly events = new Emitter<{
    chosen: [Chosen];
    /** Microphones were opened or closed: labels may be known now, levels begin or end. */
    open: [number];
    lost: [deviceId: string | undefined];
    blocked: ["playback" | "microphone"];
  }>();
  readonly #platform: Platform;
  readonly #microphones = new Set<Microphone>();
  readonly #players = new Set<Player>();
  #chosen: Chosen = {};

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Loudness of the youngest open microphone. */
  level(): number {
    return [...this.#microphones].at(-1)?.level() ?? 0;
  }

  /**
   * A microphone for a call: the chosen device, else as `media` says; `{audio: false}` opens none and only listens.
   * @throws ClientError as `capture`
   */
  async open(media: MediaStreamConstraints | MediaStream = { audio: true }): Promise<Microphone> {
    const given = isStream(media);
    const stream = given ? media : await this.#capture(media);
    const microphone = new Microphone(this.#platform, stream, !given);
    this.#microphones.add(microphone);
    microphone.events.on("lost", (deviceId) => void this.#replaceLost(microphone, deviceId));
    microphone.events.on("closed", () => {
      this.#microphones.delete(microphone);
      this.events.emit("open", this.#microphones.size);
    });
    this.events.emit("open", this.#microphones.size);
    return microphone;
  }

  play(stream: MediaStream): Playing {
    const player = this.#platform.openPlayer(stream);
    let meter: Meter | undefined;
    this.#players.add(player);
    if (this.#chosen.speaker !== undefined) player.use(this.#chosen.speaker).catch(() => {});
    this.#start(player).catch(() => this.events.emit("blocked", "playback"));
    return {
      level: () => (meter ??= this.#platform.openMeter(stream)).read(),
      stop: () => {
        this.#players.delete(player);
        player.stop();
        meter?.close();
      },
    };
  }

  /** Starts what the browser held back; call it in a click. @throws ClientError `playback-blocked` */
  async startAudio(): Promise<void> {
    await Promise.all([...this.#players].map((player) => this.#start(player)));
  }

  /** Uses that microphone from now on, in the calls that are up too. @throws ClientError as `capture` */
  async useMicrophone(deviceId: string): Promise<void> {
    for (const microphone of this.#microphones)
      await this.#swap(microphone, { audio: { deviceId: { exact: deviceId } } });
    this.#choose({ microphone: deviceId });
  }

  /** @throws ClientError `unsupported` where the browser cannot choose */
  async useSpeaker(deviceId: string): Promise<void> {
    const uses = [...this.#players].map((player) => player.use(deviceId));
    await Promise.all(uses).catch((cause: unknown) => {
      throw new ClientError("unsupported", { text: "This browser cannot choose the loudspeaker.", cause });
    });
    this.#choose({ speaker: deviceId });
  }

  useRinger(deviceId: string): void {
    this.#choose({ ring: deviceId });
  }

  #choose(more: Chosen): void {
    this.#chosen = Object.freeze({ ...this.#chosen, ...more });
    this.events.emit("chosen", this.#chosen);
  }

  async #capture(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const { audio = true } = constraints;
    if (audio === false) return this.#platform.newStream([]);
    const chosen = this.#chosen.microphone === undefined ? {} : { deviceId: { ideal: this.#chosen.microphone } };
    return capture(this.#platform, { audio: { ...chosen, ...(audio === true ? {} : audio) } }).catch(
      (why: ClientError) => {
        if (why.code === "microphone-denied") this.events.emit("blocked", "microphone");
        throw why;
      },
    );
  }

  async #swap(microphone: Microphone, constraints: MediaStreamConstraints): Promise<void> {
    const [track] = (await capture(this.#platform, constraints)).getAudioTracks();
    if (track) microphone.swap(track);
  }

  /** A device that was pulled out is replaced by the browser's next choice, so that the call goes on. */
  async #replaceLost(microphone: Microphone, deviceId: string | undefined): Promise<void> {
    if (deviceId !== undefined && deviceId === this.#chosen.microphone) {
      const { microphone: _gone, ...rest } = this.#chosen;
      this.#chosen = rest;
      this.#choose({});
    }
    this.events.emit("lost", deviceId);
    await this.#swap(microphone, { audio: true }).catch(() => this.events.emit("blocked", "microphone"));
  }

  async #start(player: Player): Promise<void> {
    await player.start().catch((cause: unknown) => {
      if (this.#players.has(player)) throw new ClientError("playback-blocked", { cause });
    });
  }
}
