import { Emitter } from "../gateway/base/emitter.ts";
import type { Description } from "../gateway/protocol/values.ts";
import type { ClientError } from "./client-error.ts";
import { IceWatch } from "./ice-watch.ts";
import type { Microphone } from "./microphone.ts";
import type { PeerConnectionPort, Platform } from "./platform.ts";
import { countersOf, type MediaCounters, type StatsEntry } from "./quality.ts";
import type { Playing, Sound } from "./sound.ts";

const paths: Partial<Record<RTCPeerConnectionState, "up" | "interrupted">> = {
  connected: "up",
  disconnected: "interrupted",
  failed: "interrupted",
};

/**
 * The peer connection of one call. The relay is ICE-lite and names its candidates in its descriptions (RFC 8445 2.5):
 * none of ours is needed, so descriptions are sent as soon as they exist.
 * Operations run one after another in the order in which they were asked for.
 */
export class CallMedia {
  readonly events = new Emitter<{
    remote: [MediaStream];
    /** Whether sound can pass. */
    path: ["up" | "interrupted"];
    /** Why it cannot. */
    problem: [ClientError];
  }>();
  readonly microphone: Microphone;
  readonly #sound: Sound;
  readonly #connection: PeerConnectionPort;
  readonly #watch: IceWatch;
  #turn: Promise<unknown> = Promise.resolve();
  #playing: Playing | undefined;
  /** Our descriptions are counted from 1; of theirs, the newest that was taken and whether it was final. */
  #sent = 0;
  #taken = { generation: 0, final: false };
  #closed = false;

  constructor(platform: Platform, sound: Sound, microphone: Microphone) {
    this.#sound = sound;
    this.microphone = microphone;
    this.#connection = platform.openPeerConnection();
    this.#connection.ontrack = ({ track, streams }) => this.#onTrack(streams[0] ?? platform.newStream([track]));
    this.#connection.onconnectionstatechange = () => this.#onState(this.#connection.connectionState);
    this.#watch = new IceWatch(platform, this.#connection);
    this.#watch.events.on("problem", (problem) => {
      this.events.emit("path", "interrupted");
      this.events.emit("problem", problem);
    });
    if (microphone.track) this.#connection.addTrack(microphone.track, microphone.stream);
    microphone.events.on("swapped", (track) => this.#replace(track));
  }

  /**
   * From now on `problem` is told. Firefox without a network fails in the very moment in which it has an offer, before
   * there is a call that could listen.
   */
  watch(): void {
    this.#watch.start();
  }

  /** Loudness of the far end now, 0 to 1. */
  remoteLevel(): number {
    return this.#playing?.level() ?? 0;
  }

  /** What has been sent and received so far. */
  async counters(): Promise<MediaCounters | undefined> {
    if (this.#closed) return undefined;
    const report = await this.#connection.getStats();
    return countersOf(report as unknown as Iterable<[string, StatsEntry]>);
  }

  offer(): Promise<Description> {
    return this.#inTurn(async () => {
      if (!this.microphone.track && this.#sent === 0)
        this.#connection.addTransceiver("audio", { direction: "recvonly" });
      return this.#describe("offer", await this.#connection.createOffer());
    });
  }

  /** Undefined when `offer` is one that was answered before. */
  answer(offer: Description): Promise<Description | undefined> {
    return this.#inTurn(async () => {
      if (!this.#take(offer, true)) return undefined;
      await this.#setRemote("offer", offer);
      return this.#describe("answer", await this.#connection.createAnswer());
    });
  }

  /**
   * Takes an answer. A provisional one lets early media be heard and may be followed by others, from other forks
   * (RFC 3261 13.2.2.4, RFC 8829 4.1.10.1); the final one may be the same again.
   */
  take(answer: Description, provisional: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#take(answer, !provisional)) await this.#setRemote(provisional ? "pranswer" : "answer", answer);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#playing?.stop();
    this.#connection.ontrack = this.#connection.onconnectionstatechange = null;
    this.#connection.close();
    this.microphone.close();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** False for a description that is older than what is in force, or no news. */
  #take({ generation }: Description, final: boolean): boolean {
    const { generation: newest, final: settled } = this.#taken;
    if (this.#closed || generation < newest || (generation === newest && settled)) return false;
    this.#taken = { generation, final };
    return true;
  }

  async #setRemote(type: RTCSdpType, { sdp }: Description): Promise<void> {
    await this.#connection.setRemoteDescription({ type, sdp });
    this.#watch.remoteKnown(sdp);
  }

  async #describe(
    kind: Description["kind"],
    made: RTCSessionDescriptionInit | RTCLocalSessionDescriptionInit,
  ): Promise<Description> {
    await this.#connection.setLocalDescription(made);
    const sdp = this.#connection.localDescription?.sdp ?? made.sdp ?? "";
    return { kind, sdp, generation: ++this.#sent };
  }

  #onTrack(stream: MediaStream): void {
    this.#playing?.stop();
    this.#playing = this.#sound.play(stream);
    this.events.emit("remote", stream);
  }

  #onState(state: RTCPeerConnectionState): void {
    if (state === "connected") this.#watch.up();
    if (state === "failed") this.#watch.failed();
    const path = paths[state];
    if (path) this.events.emit("path", path);
  }

  #replace(track: MediaStreamTrack): void {
    const [sender] = this.#connection.getSenders();
    void this.#inTurn(async () => sender?.replaceTrack(track)).catch(() => {});
  }
}
