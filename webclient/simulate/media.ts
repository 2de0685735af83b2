import type { Clock } from "../../gateway/base/clock.ts";
import type { MediaPort, Meter, PeerConnectionPort, Player } from "../platform.ts";

/** What stands in for devices and connections: everything works at once, and everything is silent. */

/** In a browser a real track without sound, so that pages can do with it what they do with others. */
function silentStream(): MediaStream {
  if (!globalThis.AudioContext) return new StandInStream([new StandInTrack()]) as unknown as MediaStream;
  return new AudioContext().createMediaStreamDestination().stream;
}

export function streamOf(tracks: MediaStreamTrack[]): MediaStream {
  return globalThis.MediaStream
    ? new MediaStream(tracks)
    : (new StandInStream(tracks as unknown as StandInTrack[]) as unknown as MediaStream);
}

const microphoneFaults = { denied: "NotAllowedError", missing: "NotFoundError", busy: "NotReadableError" } as const;

/** Why there is no microphone. */
export type MicrophoneFault = keyof typeof microphoneFaults;

const device = (kind: MediaDeviceKind, deviceId: string, label: string): MediaDeviceInfo => {
  const facts = { kind, deviceId, label, groupId: "simulated" };
  return { ...facts, toJSON: () => facts };
};

const devices: readonly MediaDeviceInfo[] = [
  device("audioinput", "microphone-1", "Simulated microphone"),
  device("audioinput", "microphone-2", "Another simulated microphone"),
  device("audiooutput", "speaker-1", "Simulated loudspeaker"),
];

export function mediaPort(fault: () => MicrophoneFault | undefined): MediaPort {
  return {
    async getUserMedia() {
      const now = fault();
      if (now) throw Object.assign(new Error(`simulated: microphone ${now}`), { name: microphoneFaults[now] });
      return silentStream();
    },
    enumerateDevices: async () => [...devices],
    addEventListener: () => {},
    removeEventListener: () => {},
  };
}

export const openPlayer = (): Player => ({ start: async () => {}, use: async () => {}, stop: () => {} });

/** Half as loud as can be, always. */
export const openMeter = (): Meter => ({ read: () => 0.5, close: () => {} });

const packetsPerMs = 1 / 20;

/** Connected as soon as both sides are described; its counters tell of a perfect line. */
export class SimulatedConnection {
  ontrack: PeerConnectionPort["ontrack"] = null;
  onconnectionstatechange: (() => void) | null = null;
  localDescription: RTCSessionDescription | null = null;
  connectionState: RTCPeerConnectionState = "new";
  iceConnectionState: RTCIceConnectionState = "new";
  readonly #clock: Clock;
  #remote = false;
  #since: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  addTrack(): void {}

  addTransceiver(): void {}

  getSenders(): [] {
    return [];
  }

  getConfiguration(): RTCConfiguration {
    return {};
  }

  async createOffer() {
    return { type: "offer", sdp: "simulated" };
  }

  async createAnswer() {
    return { type: "answer", sdp: "simulated" };
  }

  async setLocalDescription(description: RTCSessionDescription): Promise<void> {
    this.localDescription = description;
    this.#connect();
  }

  async setRemoteDescription(): Promise<void> {
    if (!this.#remote) {
      const stream = silentStream();
      const [track] = stream.getAudioTracks();
      if (track) this.ontrack?.({ track, streams: [stream] });
    }
    this.#remote = true;
    this.#connect();
  }

  async getStats(): Promise<Map<string, object>> {
    const packets = Math.round((this.#since === undefined ? 0 : this.#clock.now() - this.#since) * packetsPerMs);
    return new Map<string, object>([
      ["own", { type: "local-candidate", protocol: "udp" }],
      ["in", { type: "inbound-rtp", kind: "audio", packetsReceived: packets, packetsLost: 0, jitter: 0.001 }],
      ["out", { type: "outbound-rtp", kind: "audio", packetsSent: packets }],
    ]);
  }

  close(): void {
    this.#since = undefined;
  }

  #connect(): void {
    if (!this.localDescription || !this.#remote || this.#since !== undefined) return;
    this.#since = this.#clock.now();
    this.connectionState = this.iceConnectionState = "connected";
    queueMicrotask(() => this.onconnectionstatechange?.());
  }
}

/** As much of a track as the library touches, where there is no browser. */
class StandInTrack {
  readonly kind = "audio";
  enabled = true;

  stop(): void {}

  getSettings(): MediaTrackSettings {
    return { deviceId: "microphone-1" };
  }

  addEventListener(): void {}
}

class StandInStream {
  readonly #tracks: Set<StandInTrack>;

  constructor(tracks: readonly StandInTrack[]) {
    this.#tracks = new Set(tracks);
  }

  getTracks(): StandInTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): StandInTrack[] {
    return this.getTracks();
  }

  addTrack(track: StandInTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: StandInTrack): void {
    this.#tracks.delete(track);
  }
}
