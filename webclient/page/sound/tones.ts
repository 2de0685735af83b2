import { systemClock, type Timer } from "../../../gateway/base/clock.ts";

interface Beep {
  /** Hz; two at once make the sound of a bell or of a telephone network. */
  readonly tones: readonly number[];
  /** Seconds from the beginning of the pattern. */
  readonly at: number;
  readonly for: number;
}

interface Pattern {
  readonly beeps: readonly Beep[];
  /** Begins again after so many seconds; absent: once. */
  readonly every?: number;
  readonly gain: number;
}

/** Ring: two warm thirds and a rest. Ringback: ITU-T E.182, 425 Hz, 1 s on, 4 s off. */
const patterns = {
  ring: {
    beeps: [
      { tones: [587, 740], at: 0, for: 0.42 },
      { tones: [659, 831], at: 0.5, for: 0.42 },
    ],
    every: 3,
    gain: 0.16,
  },
  waiting: { beeps: [{ tones: [740], at: 0, for: 0.18 }], every: 4, gain: 0.07 },
  ringback: { beeps: [{ tones: [425], at: 0, for: 1 }], every: 5, gain: 0.06 },
  test: {
    beeps: [
      { tones: [523], at: 0, for: 0.22 },
      { tones: [659], at: 0.26, for: 0.22 },
      { tones: [784], at: 0.52, for: 0.4 },
    ],
    gain: 0.14,
  },
  connected: { beeps: [{ tones: [880], at: 0, for: 0.07 }], gain: 0.05 },
  ended: {
    beeps: [
      { tones: [494], at: 0, for: 0.09 },
      { tones: [370], at: 0.12, for: 0.14 },
    ],
    gain: 0.06,
  },
} as const satisfies Record<string, Pattern>;

export type ToneName = keyof typeof patterns;

/** The page's own sounds. One loop at a time. */
export class Tones {
  #context: AudioContext | undefined;
  #playing: ToneName | undefined;
  #loop: Timer | undefined;
  #out: GainNode | undefined;
  #volume = 1;
  #master: GainNode | undefined;

  /** 0 to 1, at once. */
  volume(volume: number): void {
    this.#volume = volume;
    if (this.#master) this.#master.gain.value = volume;
  }

  /** Plays once. */
  play(name: ToneName): void {
    this.#schedule(patterns[name], this.#gain(patterns[name].gain));
  }

  /** Plays `name` again and again; `undefined` falls silent at once. */
  loop(name: ToneName | undefined): void {
    if (name === this.#playing) return;
    this.#playing = name;
    this.#loop?.cancel();
    this.#out?.disconnect();
    if (name === undefined) return;
    const pattern: Pattern = patterns[name];
    const out = (this.#out = this.#gain(pattern.gain));
    this.#schedule(pattern, out);
    this.#loop = systemClock.every((pattern.every ?? 0) * 1_000, () => this.#schedule(pattern, out));
  }

  /** Rings on that loudspeaker, where the browser can choose. */
  async use(deviceId: string): Promise<void> {
    const context = this.#open() as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    await context.setSinkId?.(deviceId).catch(() => {});
  }

  #open(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#master = new GainNode(this.#context, { gain: this.#volume });
      this.#master.connect(this.#context.destination);
    }
    void this.#context.resume().catch(() => {});
    return this.#context;
  }

  #gain(value: number): GainNode {
    const context = this.#open();
    const gain = context.createGain();
    gain.gain.value = value;
    gain.connect(this.#master ?? context.destination);
    return gain;
  }

  #schedule({ beeps }: Pick<Pattern, "beeps">, out: GainNode): void {
    const context = this.#open();
    if (context.state !== "running") return this.#scheduleLater(beeps, out);
    for (const beep of beeps) for (const tone of beep.tones) this.#beep(context, out, tone, beep);
  }

  /** The browser lets the page sound after a touch only: what loops begins then, what was to sound once is past. */
  #scheduleLater(beeps: readonly Beep[], out: GainNode): void {
    const resumed = this.#context?.resume();
    void resumed?.then(() => {
      if (out === this.#out && this.#playing) this.#schedule({ beeps }, out);
    });
  }

  /** Soft edges: a tone that is cut clicks. */
  #beep(context: AudioContext, out: GainNode, tone: number, beep: Beep): void {
    const [begin, end] = [context.currentTime + beep.at, context.currentTime + beep.at + beep.for];
    const oscillator = new OscillatorNode(context, { frequency: tone });
    const envelope = new GainNode(context, { gain: 0 });
    envelope.gain.setValueAtTime(0, begin);
    envelope.gain.linearRampToValueAtTime(1 / beep.tones.length, begin + 0.02);
    envelope.gain.setValueAtTime(1 / beep.tones.length, end - 0.04);
    envelope.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(envelope).connect(out);
    oscillator.start(begin);
    oscillator.stop(end);
  }
}
