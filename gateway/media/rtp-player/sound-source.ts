/** Sound in frames of 20 ms at 8 kHz. `undefined` when there is no more. */
export type SoundSource = () => Int16Array | undefined;

export const sampleRate = 8000;
export const frameMs = 20;
export const frameSamples = (sampleRate * frameMs) / 1000;

/** A sine at -12 dB of full scale, until nobody asks any more. */
export function toneSource(hz: number): SoundSource {
  let position = 0;
  return () => {
    const start = position;
    position += frameSamples;
    return frame((n) => sineAt(hz, start + n, 0.25));
  };
}

/** ITU-T E.180: 425 Hz, one second of five. */
const ringbackHz = 425;
const ringFrames = 1000 / frameMs;
const ringEveryFrames = 5000 / frameMs;

/** The ringing tone, until nobody asks any more. It begins with a ring. */
export function ringbackSource(): SoundSource {
  const tone = toneSource(ringbackHz);
  let frames = 0;
  return () => {
    const sound = tone();
    return frames++ % ringEveryFrames < ringFrames ? sound : frame(() => 0);
  };
}

/** ITU-T Q.23: a low and a high frequency for each key. */
const lows = [697, 770, 852, 941];
const highs = [1209, 1336, 1477, 1633];
const keys = "123A456B789C*0#D";

/** Time for the far end to open its ears (a browser's DTLS takes its time), and not to cut the last tone. */
const leadFrames = 50;
const tailFrames = 25;
/** ITU-T Q.24 wants at least 40 ms of each; these are easy to hear and to tell apart. */
const toneFrames = 8;
const gapFrames = 6;

/** The two frequencies of a key. */
export function frequenciesOf(digit: string): readonly [low: number, high: number] {
  const index = keys.indexOf(digit.toUpperCase());
  return [lows[Math.floor(index / 4)] ?? 0, highs[index % 4] ?? 0];
}

/** `digits` as audible tones, once. */
export function digitsSource(digits: string): SoundSource {
  const frames = [
    ...silence(leadFrames),
    ...[...digits].flatMap((digit) => [...tonesOf(digit), ...silence(gapFrames)]),
    ...silence(tailFrames),
  ].values();
  return () => frames.next().value;
}

function tonesOf(digit: string): Int16Array[] {
  const [low, high] = frequenciesOf(digit);
  return Array.from({ length: toneFrames }, (_, index) =>
    frame((n) => sineAt(low, index * frameSamples + n, 0.2) + sineAt(high, index * frameSamples + n, 0.2)),
  );
}

const silence = (frames: number): Int16Array[] => Array.from({ length: frames }, () => frame(() => 0));

const frame = (sample: (n: number) => number): Int16Array =>
  Int16Array.from({ length: frameSamples }, (_, n) => Math.round(sample(n) * 32_767));

const sineAt = (hz: number, n: number, amplitude: number): number =>
  amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRate);
