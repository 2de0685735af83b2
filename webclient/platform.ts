import type { Clock } from "../gateway/base/clock.ts";

/** All that the library takes from its surroundings. The default is the browser; tests bring their own. */
export interface Platform {
  readonly clock: Clock;
  /** False where the browser hides microphones because the page came over plain http. */
  readonly secure: boolean;
  /** Where the gateway of this page listens, such as `wss://example.org/ws`. */
  readonly defaultUrl: string | undefined;
  readonly media: MediaPort | undefined;
  /** Whether the policies of the page let it have the microphone, as far as the browser says so. */
  microphonePolicy(): MicrophonePolicy;
  /** What the browser remembers of the user's answer; undefined for names that it does not know. */
  permission(name: string): Promise<PermissionState | undefined>;
  /** False when the browser knows that there is no network. */
  online(): boolean;
  /** Lives as long as the tab; a duplicated tab starts with a copy. */
  readonly tabStorage: StoragePort | undefined;
  /** From 0 to below 1, as Math.random. */
  random(): number;
  /** A new id: letters, digits, "-" and "_". */
  newId(): string;
  /** @throws DOMException for an address that the browser never connects to */
  openSocket(url: string, subprotocol: string): SocketPort;
  /** One POST of plain text, without cookies. Rejects when nothing is answered. Absent where there is no HTTP. */
  post?(url: string, body: string, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }>;
  /** One request without cookies. Rejects when nothing is answered. Absent where there is no HTTP. */
  http?(url: string, request: HttpRequest): Promise<HttpAnswer>;
  /** A POST that is sent even while the page goes away; nobody hears what becomes of it. */
  beacon?(url: string, body: string): void;
  /** What the browser says of itself. Absent where there is none. */
  browser?(): BrowserFacts;
  /** Watches for the page's Content-Security-Policy to forbid a connection to `url`. */
  onForbidden(url: string, listener: () => void): () => void;
  openPeerConnection(): PeerConnectionPort;
  newStream(tracks: MediaStreamTrack[]): MediaStream;
  /** Sound of a stream to the loudspeaker. */
  openPlayer(stream: MediaStream): Player;
  /** How loud a stream is. */
  openMeter(stream: MediaStream): Meter;
  /**
   * Watches the page: it is left (closed, reloaded, or kept aside for "back"), it is shown again, its tab is looked at;
   * the network is back or gone.
   */
  onPage(event: PageEvent, listener: () => void): () => void;
}

export interface HttpRequest {
  readonly method: "HEAD" | "PATCH";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Blob;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}

export type PageEvent = "left" | "returned" | "visible" | "online" | "offline";

/** User Agent Client Hints and the older text, as the browser gives them, and what was found in it. */
export interface BrowserFacts {
  readonly userAgent: string;
  readonly brands: readonly { readonly brand: string; readonly version: string }[];
  readonly abilities: readonly string[];
}

export interface MicrophonePolicy {
  /** Undefined where the browser does not say. */
  readonly policy: boolean | undefined;
  /** The page is in a frame, and nothing shows that the page around it lacks the microphone itself. */
  readonly framed: boolean;
}

export type MediaPort = Pick<
  MediaDevices,
  "getUserMedia" | "enumerateDevices" | "addEventListener" | "removeEventListener"
>;

export type StoragePort = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The part of a WebSocket that is used. */
export interface SocketPort {
  onopen: (() => void) | null;
  onclose: ((event?: { readonly code?: number }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** The part of an RTCPeerConnection that is used. */
export type PeerConnectionPort = Pick<
  RTCPeerConnection,
  | "addTrack"
  | "addTransceiver"
  | "getSenders"
  | "createOffer"
  | "createAnswer"
  | "setLocalDescription"
  | "setRemoteDescription"
  | "localDescription"
  | "connectionState"
  | "getConfiguration"
  | "getStats"
  | "iceConnectionState"
  | "iceGatheringState"
  | "close"
> & {
  ontrack: ((event: Pick<RTCTrackEvent, "track" | "streams">) => void) | null;
  onconnectionstatechange: (() => void) | null;
};

export interface Player {
  /** Rejects while the browser forbids sound. */
  start(): Promise<void>;
  /** Plays on the device with this id. Rejects where the browser cannot choose. */
  use(deviceId: string): Promise<void>;
  stop(): void;
}

export interface Meter {
  /** Loudness now, 0 to 1. */
  read(): number;
  close(): void;
}
