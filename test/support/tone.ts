import { readFileSync, writeFileSync } from "node:fs";

/** Mono sound: samples from -1 to 1. */
export interface Sound {
  readonly rate: number;
  readonly samples: Float64Array;
}

export interface ToneJudgement {
  readonly heard: boolean;
  /** The longest stretch, in milliseconds, in which the tone stood out. */
  readonly longestMs: number;
  /** Distance in dB to the other tone and to the floor, median over the windows that were not silent. */
  readonly overOtherDb: number;
  readonly overFloorDb: number;
}

const windowMs = 100;
const marginDb = 20;
const enoughMs = 500;
/** Frequencies of the telephone band at which neither tone nor its first harmonics are expected. */
const probes = [350, 530, 620, 770, 830, 1150, 1270, 1430, 1570, 1830, 2150, 2290, 2470, 2710, 2890, 3130];

/**
 * The rule of every sound test: in windows of 100 ms the tone stands at least 20 dB over the other tone and over the
 * floor, for at least 500 ms on end.
 */
export function judgeTone(sound: Sound, hz: number, otherHz: number): ToneJudgement {
  const windows = [...windowsOf(sound)].map((samples) => measure(samples, sound.rate, hz, otherHz));
  const longestMs = longestRun(windows.map((window) => window.clear)) * windowMs;
  const loud = windows.filter((window) => window.loud);
  return {
    heard: longestMs >= enoughMs,
    longestMs,
    overOtherDb: median(loud.map((window) => window.overOther)),
    overFloorDb: median(loud.map((window) => window.overFloor)),
  };
}

/** Fails unless `hz` is heard by the rule of `judgeTone`. */
export function assertTone(sound: Sound, hz: number, otherHz: number): void {
  const found = judgeTone(sound, hz, otherHz);
  if (!found.heard) throw new Error(`${hz} Hz not heard (other ${otherHz} Hz): ${describe(found, sound)}`);
}

/** Fails when `hz` is heard by the rule of `judgeTone`: the control. */
export function assertNoTone(sound: Sound, hz: number, otherHz: number): void {
  const found = judgeTone(sound, hz, otherHz);
  if (found.heard) throw new Error(`${hz} Hz is heard, and should not be: ${describe(found, sound)}`);
}

const describe = (found: ToneJudgement, { samples, rate }: Sound): string =>
  `${found.longestMs} ms clear, ${found.overOtherDb.toFixed(1)} dB over the other tone, ` +
  `${found.overFloorDb.toFixed(1)} dB over the floor, in ${(samples.length / rate).toFixed(2)} s`;

function measure(samples: Float64Array, rate: number, hz: number, otherHz: number) {
  const tone = level(samples, rate, hz);
  const overOther = tone - level(samples, rate, otherHz);
  const quiet = probes.filter((probe) => Math.abs(probe - hz) > 60 && Math.abs(probe - otherHz) > 60);
  const overFloor = tone - decibel(mean(quiet.map((probe) => goertzel(samples, rate, probe))));
  const loud = tone > -60;
  return { overOther, overFloor, loud, clear: loud && overOther >= marginDb && overFloor >= marginDb };
}

const level = (samples: Float64Array, rate: number, hz: number): number => decibel(goertzel(samples, rate, hz));

/** Power at `hz`: 1 is a full-scale sine. Hann window, so that a neighbour does not leak in. */
export function goertzel(samples: Float64Array, rate: number, hz: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / rate);
  const step = (2 * Math.PI) / samples.length;
  let before = 0;
  let last = 0;
  samples.forEach((sample, index) => {
    const next = sample * (1 - Math.cos(step * index)) + factor * last - before;
    before = last;
    last = next;
  });
  return ((last * last + before * before - factor * last * before) * 4) / samples.length ** 2;
}

function* windowsOf({ rate, samples }: Sound): Generator<Float64Array> {
  const size = Math.floor((rate * windowMs) / 1000);
  for (let start = 0; start + size <= samples.length; start += size) yield samples.subarray(start, start + size);
}

function longestRun(flags: readonly boolean[]): number {
  let longest = 0;
  let run = 0;
  for (const flag of flags) longest = Math.max(longest, (run = flag ? run + 1 : 0));
  return longest;
}

const decibel = (power: number): number => 10 * Math.log10(power + 1e-12);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? -Infinity;

/** A pure sine at half of full scale. */
export function sine(hz: number, options: { rate?: number; seconds?: number } = {}): Sound {
  const { rate = 48_000, seconds = 1 } = options;
  const samples = Float64Array.from(
    { length: rate * seconds },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate),
  );
  return { rate, samples };
}

/** Writes 16-bit mono PCM. */
export function writeWav(file: string, { rate, samples }: Sound): void {
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => wav.writeInt16LE(Math.round(sample * 32767), 44 + index * 2));
  writeFileSync(file, wav);
}

/** Reads PCM (16-bit or float) and takes the first channel. A header that was never finished is taken as open-ended. */
export function readWav(file: string): Sound {
  const wav = readFileSync(file);
  let format = { channels: 1, rate: 8000, bits: 16 };
  for (let at = 12; at + 8 <= wav.length;) {
    const id = wav.toString("latin1", at, at + 4);
    const length = wav.readUInt32LE(at + 4);
    const body = wav.subarray(at + 8, length === 0 ? wav.length : Math.min(wav.length, at + 8 + length));
    if (id === "fmt ")
      format = { channels: body.readUInt16LE(2), rate: body.readUInt32LE(4), bits: body.readUInt16LE(14) };
    if (id === "data") return { rate: format.rate, samples: firstChannel(body, format) };
    at += 8 + length + (length % 2);
  }
  return { rate: format.rate, samples: new Float64Array() };
}

function firstChannel(data: Buffer, format: { channels: number; bits: number }): Float64Array {
  const frame = (format.channels * format.bits) / 8;
  const read = (at: number): number => (format.bits === 32 ? data.readFloatLE(at) : data.readInt16LE(at) / 32768);
  return Float64Array.from({ length: Math.floor(data.length / frame) }, (_, n) => read(n * frame));
}
