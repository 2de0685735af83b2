import { systemClock, type Timer } from "../../gateway/base/clock.ts";

/** Hertz, and seconds of sound out of seconds. The waiting tone is that of ITU-T E.180. */
const patterns = {
  ring: { hz: [587, 740], on: 1, every: 3, gain: 0.12 },
  ringback: { hz: [425], on: 1, every: 5, gain: 0.05 },
} as const;

export type Tone = keyof typeof patterns;

let context: AudioContext | undefined;

/** What an element lets be heard besides the call. */
export class Tones {
  #playing: Tone | undefined;
  #timer: Timer | undefined;
  #out: GainNode | undefined;

  /** Plays `tone` from now on; undefined falls silent. A page that was never touched stays silent. */
  play(tone: Tone | undefined): void {
    if (tone === this.#playing) return;
    this.#playing = tone;
    this.#timer?.cancel();
    this.#out?.disconnect();
    if (!tone || !globalThis.AudioContext) return;
    context ??= new AudioContext();
    void context.resume().catch(() => {});
    const out = (this.#out = new GainNode(context, { gain: patterns[tone].gain }));
    out.connect(context.destination);
    beep(context, out, tone);
    this.#timer = systemClock.every(patterns[tone].every * 1000, () => context && beep(context, out, tone));
  }
}

/** With soft edges: a tone that is cut clicks. */
function beep(audio: AudioContext, out: GainNode, tone: Tone): void {
  if (audio.state !== "running") return;
  const { hz, on } = patterns[tone];
  const [begin, end] = [audio.currentTime, audio.currentTime + on];
  const envelope = new GainNode(audio, { gain: 0 });
  envelope.gain.setTargetAtTime(1, begin, 0.02);
  envelope.gain.setTargetAtTime(0, end - 0.05, 0.02);
  envelope.connect(out);
  for (const frequency of hz) {
    const oscillator = new OscillatorNode(audio, { frequency });
    oscillator.connect(envelope);
    oscillator.start(begin);
    oscillator.stop(end);
  }
}
