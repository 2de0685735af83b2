import { Emitter } from "../../gateway/base/emitter.ts";
import { isRecord, parseJson } from "../../gateway/base/json.ts";
import type { Answer, ServerEvent } from "../../gateway/protocol/server-frame.ts";
import type { Meter, PageEvent, PeerConnectionPort, Platform, Player, SocketPort } from "../../webclient/platform.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Answers have to come between timers: the clock is never turned further than this at once. */
const stepMs = 1_000;

/** Lets promises that are settled run on. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

export type SentFrame = Record<string, unknown> & { type: string; id: string };
const isSent = (value: unknown): value is SentFrame => isRecord(value) && "type" in value;

type Unnumbered<Frame> = Frame extends unknown ? Omit<Frame, "re"> : never;
export type FakeAnswer = Unnumbered<Answer>;

/** The gateway's end of one socket: answers by rule, keeps what was sent. */
export class FakeSocket implements SocketPort {
  onopen: (() => void) | null = null;
  onclose: ((event?: { code?: number }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly url: string;
  readonly sent: SentFrame[] = [];
  closed = false;
  /** What it was closed with; undefined is a goodbye. */
  code: number | undefined;
  #seq = 0;
  readonly #answer: (frame: SentFrame) => FakeAnswer | undefined;

  constructor(url: string, answer: (frame: SentFrame) => FakeAnswer | undefined) {
    this.url = url;
    this.#answer = answer;
  }

  open(): void {
    this.onopen?.();
  }

  send(text: string): void {
    const frame = parseJson(text, isSent);
    this.sent.push(frame);
    const answer = this.#answer(frame);
    if (answer) queueMicrotask(() => this.deliver({ ...answer, re: frame.id }));
  }

  close(code?: number): void {
    this.closed = true;
    this.code = code;
  }

  /** The network takes the socket away, or the gateway with `code`. */
  drop(code = 1006): void {
    this.closed = true;
    this.onclose?.({ code });
  }

  deliver(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  fact(event: ServerEvent): void {
    this.deliver({ ...event, seq: ++this.#seq });
  }

  last(type: string): SentFrame {
    const frame = this.sent.findLast((sent) => sent.type === type);
    if (!frame) throw new Error(`no ${type} was sent, only ${this.sent.map((sent) => sent.type).join(" ")}`);
    return frame;
  }
}

export class FakeTrack {
  readonly kind = "audio";
  enabled = true;
  stopped = false;
  readonly deviceId: string;
  readonly #events = new Emitter<{ ended: [] }>();

  constructor(deviceId = "built-in") {
    this.deviceId = deviceId;
  }

  stop(): void {
    this.stopped = true;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  addEventListener(_event: "ended", listener: () => void): void {
    this.#events.on("ended", listener);
  }

  /** The device is pulled out. */
  pull(): void {
    this.#events.emit("ended");
  }
}

export class FakeStream {
  readonly #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = [...tracks];
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.getTracks();
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.splice(this.#tracks.indexOf(track), 1);
  }
}

/** Follows the signalling states of RFC 8829 3.2 far enough to refuse what a browser refuses. */
export class FakePeerConnection {
  ontrack: PeerConnectionPort["ontrack"] = null;
  onconnectionstatechange: (() => void) | null = null;
  connectionState: RTCPeerConnectionState = "new";
  iceConnectionState: RTCIceConnectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  closed = false;
  /** What getStats tells: by default an own candidate and a pair that is being tried. */
  stats: { type: string; protocol?: string }[] = [
    { type: "local-candidate", protocol: "udp" },
    { type: "candidate-pair" },
  ];
  iceTransportPolicy: RTCIceTransportPolicy = "all";
  iceGatheringState: RTCIceGatheringState = "gathering";
  signalling = "stable";
  readonly remotes: { type: string; sdp: string }[] = [];
  readonly senders: { track: FakeTrack; replaceTrack: (track: FakeTrack) => Promise<void> }[] = [];
  readonly transceivers: string[] = [];
  #made = 0;

  addTrack(track: FakeTrack): void {
    const sender = {
      track,
      replaceTrack: async (next: FakeTrack) => {
        sender.track = next;
      },
    };
    this.senders.push(sender);
  }

  addTransceiver(_kind: string, { direction }: { direction: string }): void {
    this.transceivers.push(direction);
  }

  getSenders() {
    return this.senders;
  }

  async createOffer() {
    return { type: "offer", sdp: `local offer ${++this.#made}` };
  }

  async createAnswer() {
    return { type: "answer", sdp: `local answer ${++this.#made}` };
  }

  async setLocalDescription(description: { type: string; sdp: string }): Promise<void> {
    this.localDescription = description;
    this.signalling = description.type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    await turns(3);
    if (description.sdp.includes("broken")) throw new Error("InvalidAccessError");
    const allowed = description.type === "offer" ? ["stable"] : ["have-local-offer", "have-remote-pranswer"];
    if (!allowed.includes(this.signalling)) throw new Error(`${description.type} in ${this.signalling}`);
    const next = { offer: "have-remote-offer", pranswer: "have-remote-pranswer", answer: "stable" }[description.type];
    this.signalling = next ?? this.signalling;
    this.remotes.push(description);
    if (this.remotes.length === 1) {
      const track = new FakeTrack("far") as unknown as MediaStreamTrack;
      this.ontrack?.({ track, streams: [new FakeStream([track as unknown as FakeTrack]) as unknown as MediaStream] });
    }
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map(this.stats.map((entry, index) => [String(index), entry]));
  }

  getConfiguration(): RTCConfiguration {
    return { iceTransportPolicy: this.iceTransportPolicy };
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.iceConnectionState = state === "connecting" ? "checking" : state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.closed = true;
  }
}

export interface FakeDevice {
  kind: MediaDeviceKind;
  deviceId: string;
  label: string;
}

/** Surroundings of the library in a test: a clock turned by hand, sockets, peer connections and devices to look at. */
export class FakePlatform implements Platform {
  readonly clock = new VirtualClock();
  secure = true;
  defaultUrl: string | undefined = "ws://gateway.test/ws";
  readonly sockets: FakeSocket[] = [];
  readonly connections: FakePeerConnection[] = [];
  readonly captured: FakeStream[] = [];
  readonly constraints: MediaStreamConstraints[] = [];
  readonly players: { started: number; stopped: boolean; device: string | undefined }[] = [];
  readonly stored = new Map<string, string>();
  devices: FakeDevice[] = [
    { kind: "audioinput", deviceId: "built-in", label: "Built-in" },
    { kind: "audioinput", deviceId: "headset", label: "Headset" },
    { kind: "audiooutput", deviceId: "speaker", label: "Speaker" },
  ];
  /** What the next getUserMedia rejects with. */
  captureFault: string | undefined;
  captureMessage = "no";
  playbackBlocked = false;
  level = 0.5;
  /** Opens each socket in the next turn when true. */
  reachable = true;
  /** How the gateway answers, by type of the request; `undefined` keeps silent. */
  readonly answers = new Map<string, (frame: SentFrame) => FakeAnswer | undefined>([
    ["session.open", () => ({ type: "session.opened", sessionId: "s1", user: "alice@localhost", name: "Alice" })],
    ["ping", () => ({ type: "pong" })],
    [
      "call.start",
      (frame) => ({
        type: "call.started",
        callId: "c1",
        reference: "K7F3QM",
        peer: { target: frame["target"] as { user: string }, name: "Bob", can: ["call"] },
      }),
    ],
  ]);
  readonly #page = new Emitter<Record<PageEvent, []>>();
  readonly #deviceChange = new Emitter<{ devicechange: [] }>();
  #ids = 0;

  readonly media = {
    getUserMedia: async (constraints: MediaStreamConstraints) => {
      this.constraints.push(constraints);
      if (this.captureFault) throw Object.assign(new Error(this.captureMessage), { name: this.captureFault });
      const { deviceId } = constraints.audio as { deviceId?: { exact?: string; ideal?: string } };
      const stream = new FakeStream([new FakeTrack(deviceId?.exact ?? deviceId?.ideal ?? "built-in")]);
      this.captured.push(stream);
      return stream as unknown as MediaStream;
    },
    enumerateDevices: async () => this.devices as MediaDeviceInfo[],
    addEventListener: (_event: string, listener: unknown) =>
      void this.#deviceChange.on("devicechange", listener as () => void),
    removeEventListener: () => {},
  } as Platform["media"];

  policy: boolean | undefined = true;
  framed = false;
  readonly permissions = new Map<string, PermissionState>();
  networkUp = true;
  readonly #forbidden = new Emitter<{ forbidden: [] }>();

  microphonePolicy() {
    return { policy: this.policy, framed: this.framed };
  }

  async permission(name: string): Promise<PermissionState | undefined> {
    return this.permissions.get(name);
  }

  online(): boolean {
    return this.networkUp;
  }

  onForbidden(_url: string, listener: () => void): () => void {
    return this.#forbidden.on("forbidden", listener);
  }

  /** The page's Content-Security-Policy is violated. */
  forbid(): void {
    this.#forbidden.emit("forbidden");
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  get connection(): FakePeerConnection {
    const connection = this.connections.at(-1);
    if (!connection) throw new Error("no peer connection was opened");
    return connection;
  }

  readonly tabStorage = {
    getItem: (key: string) => this.stored.get(key) ?? null,
    setItem: (key: string, value: string) => void this.stored.set(key, value),
    removeItem: (key: string) => void this.stored.delete(key),
  };

  random(): number {
    return 0.5;
  }

  newId(): string {
    return `id-${++this.#ids}`;
  }

  openSocket(url: string): FakeSocket {
    const socket = new FakeSocket(url, (frame) => {
      const rule = this.answers.get(frame.type);
      return rule ? rule(frame) : { type: "ok" };
    });
    this.sockets.push(socket);
    if (this.reachable) queueMicrotask(() => socket.open());
    return socket;
  }

  openPeerConnection(): PeerConnectionPort {
    const connection = new FakePeerConnection();
    this.connections.push(connection);
    return connection as unknown as PeerConnectionPort;
  }

  newStream(tracks: MediaStreamTrack[]): MediaStream {
    return new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream;
  }

  openPlayer(): Player {
    const player = { started: 0, stopped: false, device: undefined as string | undefined };
    this.players.push(player);
    return {
      start: async () => {
        if (this.playbackBlocked) throw new Error("NotAllowedError");
        player.started++;
      },
      use: async (deviceId) => {
        player.device = deviceId;
      },
      stop: () => {
        player.stopped = true;
      },
    };
  }

  openMeter(): Meter {
    return { read: () => this.level, close: () => {} };
  }

  onPage(event: PageEvent, listener: () => void): () => void {
    return this.#page.on(event, listener);
  }

  page(event: PageEvent): void {
    this.#page.emit(event);
  }

  plug(devices: FakeDevice[]): void {
    this.devices = devices;
    this.#deviceChange.emit("devicechange");
  }

  /** Turns the clock, letting promises run before and after. */
  async pass(ms: number): Promise<void> {
    await turns();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await turns();
    }
  }
}
