import type { Sound } from "./tone.ts";

/**
 * Runs in a page before its own scripts: keeps every RTCPeerConnection of the page, and taps the last remote audio
 * track, so that a test hears what the user would hear. Plain JavaScript, as it is handed to the browser as text.
 */
export const earsScript = `(() => {
  const ears = (window.ears = { peers: [], track: undefined });
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...options) {
      super(...options);
      ears.peers.push(this);
      this.addEventListener("track", ({ track }) => track.kind === "audio" && ears.tap(track));
    }
  };
  ears.tap = (track) => {
    ears.track = track;
    const stream = (ears.stream = new MediaStream([track]));
    const element = (ears.element = new Audio());
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    const context = (ears.context ??= new AudioContext());
    ears.analyser = context.createAnalyser();
    ears.analyser.fftSize = 32768;
    context.createMediaStreamSource(stream).connect(ears.analyser);
  };
  const asText = (floats) => {
    const bytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };
  /** The last 683 ms, by WebAudio: needs a running AudioContext. */
  ears.listen = () => {
    if (!ears.analyser) return { rate: 48000, samples: "" };
    const samples = new Float32Array(ears.analyser.fftSize);
    ears.analyser.getFloatTimeDomainData(samples);
    return { rate: ears.context.sampleRate, samples: asText(samples), state: ears.context.state };
  };
  /** The next seconds, by MediaRecorder: for a browser whose AudioContext never runs. */
  ears.record = async (ms) => {
    if (!ears.stream) return { rate: 48000, samples: "" };
    const recorder = new MediaRecorder(ears.stream);
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((done) => (recorder.onstop = done));
    recorder.start();
    setTimeout(() => recorder.stop(), ms);
    await stopped;
    const bytes = await new Blob(parts).arrayBuffer();
    const decoded = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes).catch(() => undefined);
    return { rate: 48000, samples: decoded ? asText(decoded.getChannelData(0)) : "" };
  };
})();`;

/**
 * Replaces the microphone of a page by a sine of \`hz\`: for two tabs of one browser, whose fake device is shared.
 * Needs a running AudioContext.
 */
export const toneMicrophoneScript = (hz: number): string => `(() => {
  const context = new AudioContext();
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    const oscillator = context.createOscillator();
    oscillator.frequency.value = ${hz};
    const target = context.createMediaStreamDestination();
    oscillator.connect(target);
    oscillator.start();
    return target.stream;
  };
})();`;

/**
 * Functions of a page with one peer connection and nothing else, for tests of the relay alone. Descriptions are taken
 * as they are after createOffer, or after gathering: \`gather\`.
 */
export const barePage = `<!doctype html><meta charset="utf-8"><title>peer</title><script>
const bare = (window.bare = {});
const gathered = (pc) => new Promise((done) => {
  if (pc.iceGatheringState === "complete") return done();
  pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
});
bare.open = async () => {
  const pc = (bare.pc = new RTCPeerConnection());
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = (bare.stream = await navigator.mediaDevices.getUserMedia({ audio }));
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
};
bare.offer = async ({ gather = false, ...options } = {}) => {
  await bare.pc.setLocalDescription(await bare.pc.createOffer(options));
  if (gather) await gathered(bare.pc);
  return bare.pc.localDescription.sdp;
};
bare.answer = async (sdp, { gather = false } = {}) => {
  await bare.pc.setRemoteDescription({ type: "offer", sdp });
  await bare.pc.setLocalDescription(await bare.pc.createAnswer());
  if (gather) await gathered(bare.pc);
  return bare.pc.localDescription.sdp;
};
bare.accept = (sdp) => bare.pc.setRemoteDescription({ type: "answer", sdp });
bare.state = () => bare.pc.connectionState;
bare.digit = (key) => bare.pc.getSenders()[0].dtmf.insertDTMF(key, 200);
bare.mute = (on) => bare.stream.getTracks().forEach((track) => (track.enabled = !on));
bare.close = () => { bare.pc?.close(); bare.stream?.getTracks().forEach((track) => track.stop()); };
</script>`;

export interface Heard {
  readonly rate: number;
  readonly samples: string;
}

export function soundOf({ rate, samples }: Heard): Sound {
  const bytes = Buffer.from(samples, "base64");
  const length = Math.floor(bytes.length / 4);
  return { rate, samples: Float64Array.from({ length }, (_, index) => bytes.readFloatLE(index * 4)) };
}

/** Sets one sound behind the other. */
export function joined(sounds: readonly Sound[]): Sound {
  return { rate: sounds[0]?.rate ?? 48_000, samples: Float64Array.from(sounds.flatMap(({ samples }) => [...samples])) };
}
