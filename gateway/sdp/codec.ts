import type { MediaSection } from "./description.ts";

/** One payload format of an RTP section. */
export interface Codec {
  readonly payloadType: number;
  /** As registered: `PCMU`, `opus`, `telephone-event`. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
}

/** RFC 3551 table 4: those payload types that need no rtpmap and that somebody still uses. */
const staticCodecs: ReadonlyMap<number, Omit<Codec, "payloadType">> = new Map([
  [0, { name: "PCMU", clockRate: 8000, channels: 1 }],
  [3, { name: "GSM", clockRate: 8000, channels: 1 }],
  [8, { name: "PCMA", clockRate: 8000, channels: 1 }],
  // RFC 3551 4.5.2: G.722 samples at 16 kHz; its clock of 8000 is an old mistake that stays.
  [9, { name: "G722", clockRate: 8000, channels: 1 }],
  [13, { name: "CN", clockRate: 8000, channels: 1 }],
  [18, { name: "G729", clockRate: 8000, channels: 1 }],
]);

const rtpmapPattern = /^a=rtpmap:(\d+) ([^/\s]+)\/(\d+)(?:\/(\d+))?/;

/** The codecs of an RTP section in its order of preference. Formats that name no known codec are left out. */
export function codecsOf({ formats, lines }: MediaSection): readonly Codec[] {
  const mapped = new Map(lines.flatMap(rtpmap).map((codec) => [codec.payloadType, codec]));
  return formats.flatMap((format) => {
    const payloadType = Number(format);
    const fixed = staticCodecs.get(payloadType);
    const codec = mapped.get(payloadType) ?? (fixed && { payloadType, ...fixed });
    return codec ? [codec] : [];
  });
}

/** True for what carries speech: not key presses, comfort noise, redundancy. */
export const isSpeech = ({ name }: Codec): boolean => !/^(telephone-event|CN|red|rtx|ulpfec|flexfec.*)$/i.test(name);

function rtpmap(line: string): Codec[] {
  const match = rtpmapPattern.exec(line);
  if (!match) return [];
  const [, payloadType, name = "", clockRate, channels = "1"] = match;
  return [{ payloadType: Number(payloadType), name, clockRate: Number(clockRate), channels: Number(channels) }];
}
