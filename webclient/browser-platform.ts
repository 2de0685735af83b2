import { systemClock } from "../gateway/base/clock.ts";
import { defaultUrl } from "./gateway-address.ts";
import { loudness } from "./loudness.ts";
import type {
  BrowserFacts,
  HttpAnswer,
  HttpRequest,
  Meter,
  MicrophonePolicy,
  PageEvent,
  PeerConnectionPort,
  Platform,
  Player,
  SocketPort,
  StoragePort,
} from "./platform.ts";

const pageEvents: Record<Exclude<PageEvent, "visible">, string> = {
  left: "pagehide",
  returned: "pageshow",
  online: "online",
  offline: "offline",
};

function onPage(event: PageEvent, listener: () => void): () => void {
  if (event === "visible") return onVisible(listener);
  globalThis.addEventListener?.(pageEvents[event], listener);
  return () => globalThis.removeEventListener?.(pageEvents[event], listener);
}

function onVisible(listener: () => void): () => void {
  const changed = (): void => void (document.visibilityState === "visible" && listener());
  globalThis.document?.addEventListener("visibilitychange", changed);
  return () => globalThis.document?.removeEventListener("visibilitychange", changed);
}

/** Reading the property throws where the user has forbidden storage. */
function tabStorage(): StoragePort | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** Permissions Policy 9.1, under the name that Chromium kept; Firefox and Safari have none. */
function policyOf(window: Window): boolean | undefined {
  const { featurePolicy } = window.document as Document & {
    readonly featurePolicy?: { allowsFeature(name: string): boolean };
  };
  return featurePolicy?.allowsFeature("microphone");
}

/** A page of another site around ours cannot be read. */
function parentPolicy(): boolean | undefined {
  try {
    return policyOf(window.parent);
  } catch {
    return undefined;
  }
}

function microphonePolicy(): MicrophonePolicy {
  return { policy: policyOf(window), framed: window.parent !== window && parentPolicy() !== false };
}

async function permission(name: string): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return undefined;
  }
}

function onForbidden(url: string, listener: () => void): () => void {
  const { origin } = new URL(url, globalThis.location?.href);
  const heard = (event: SecurityPolicyViolationEvent): void => {
    if (event.disposition === "enforce" && event.blockedURI.startsWith(origin)) listener();
  };
  globalThis.document?.addEventListener("securitypolicyviolation", heard);
  return () => globalThis.document?.removeEventListener("securitypolicyviolation", heard);
}

/** What a browser may have or not, by the word that the gateway is told. */
const abilities: Readonly<Record<string, () => boolean>> = {
  webrtc: () => typeof RTCPeerConnection === "function",
  microphone: () => typeof navigator.mediaDevices?.getUserMedia === "function",
  screen: () => typeof navigator.mediaDevices?.getDisplayMedia === "function",
  "speaker-choice": () => "setSinkId" in HTMLMediaElement.prototype,
  "encoded-transform": () => "RTCRtpScriptTransform" in globalThis,
  push: () => "PushManager" in globalThis,
};

function browser(): BrowserFacts {
  const { userAgent, userAgentData } = navigator as Navigator & {
    readonly userAgentData?: { readonly brands: BrowserFacts["brands"] };
  };
  const found = Object.entries(abilities).filter(([, has]) => has());
  return { userAgent, brands: userAgentData?.brands ?? [], abilities: found.map(([name]) => name) };
}

async function post(url: string, body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method: "POST", body, signal, credentials: "omit", cache: "no-store" });
  return { status: answer.status, text: await answer.text() };
}

export async function http(url: string, { signal, ...request }: HttpRequest): Promise<HttpAnswer> {
  const answer = await fetch(url, {
    ...request,
    ...(signal && { signal }),
    credentials: "omit",
    cache: "no-store",
  });
  return { status: answer.status, text: await answer.text(), header: (name) => answer.headers.get(name) };
}

/** 128 random bits; `crypto.randomUUID` does not exist on plain http. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function openPlayer(stream: MediaStream): Player {
  const element = new Audio();
  element.srcObject = stream;
  return {
    start: () => element.play(),
    use: (deviceId) =>
      "setSinkId" in element ? element.setSinkId(deviceId) : Promise.reject(new TypeError("no choice of loudspeaker")),
    stop() {
      element.pause();
      element.srcObject = null;
    },
  };
}

/** One context for all meters: browsers limit how many a page may have. */
let audioContext: AudioContext | undefined;

function openMeter(stream: MediaStream): Meter {
  audioContext ??= new AudioContext();
  void audioContext.resume().catch(() => {});
  const source = audioContext.createMediaStreamSource(stream);
  const analyser = audioContext.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close: () => source.disconnect(),
  };
}

/** The browser. Touches nothing of it before the library is used, so that servers can import the package. */
export function browserPlatform(): Platform {
  return {
    clock: systemClock,
    secure: globalThis.isSecureContext !== false,
    defaultUrl: defaultUrl(import.meta.url, globalThis.location?.origin),
    media: globalThis.navigator?.mediaDevices,
    microphonePolicy,
    permission,
    online: () => globalThis.navigator?.onLine !== false,
    tabStorage: tabStorage(),
    random: () => Math.random(),
    newId,
    onForbidden,
    openSocket: (url, subprotocol) => new WebSocket(url, subprotocol) as SocketPort,
    post,
    http,
    browser,
    beacon: (url, body) => void globalThis.navigator?.sendBeacon?.(url, body),
    // No "max-bundle": Chromium then refuses an answer without a BUNDLE group, which is what relays of one stream send.
    openPeerConnection: () => new RTCPeerConnection() as PeerConnectionPort,
    newStream: (tracks) => new MediaStream(tracks),
    openPlayer,
    openMeter,
    onPage,
  };
}
