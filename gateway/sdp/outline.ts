import { codecsOf, isSpeech } from "./codec.ts";
import { attribute, parseSdp, type MediaSection } from "./description.ts";
import { directionOf, type Direction } from "./direction.ts";

/** What may be kept of a description: where media goes, in which codecs. No key, fingerprint or password is in it. */
export interface SdpOutline {
  readonly media: readonly MediaOutline[];
  /** `lite` is written by the side that only answers checks (RFC 8445 2.5). */
  readonly ice?: "lite" | "full";
  /** `host udp 192.0.2.7:40000`; the first few. */
  readonly candidates?: readonly string[];
  /** Who opens DTLS (RFC 8842). */
  readonly setup?: string;
}

export interface MediaOutline {
  readonly kind: string;
  /** Of the section's `c=`, else the session's. */
  readonly address: string;
  /** 0: refused (RFC 3264 6). */
  readonly port: number;
  readonly protocol: string;
  readonly direction: Direction;
  /** Speech codecs with their clock rate, such as `opus/48000`; for other media the formats. */
  readonly codecs: readonly string[];
  readonly dtmf?: true;
}

const maxCandidates = 8;

/** @throws SdpError `bad-sdp` */
export function outlineOf(text: string): SdpOutline {
  const { session, media } = parseSdp(text);
  const lines = [...session, ...media.flatMap((section) => section.lines)];
  const setup = attribute(lines, "setup");
  const candidates = lines.flatMap(candidate).slice(0, maxCandidates);
  return {
    media: media.map((section) => mediaOutline(section, session)),
    ...(attribute(lines, "ice-ufrag") !== undefined && {
      ice: attribute(session, "ice-lite") === undefined ? ("full" as const) : ("lite" as const),
    }),
    ...(candidates.length > 0 && { candidates }),
    ...(setup !== undefined && { setup }),
  };
}

function mediaOutline(section: MediaSection, session: readonly string[]): MediaOutline {
  const codecs = codecsOf(section);
  const named = codecs.filter(isSpeech).map(({ name, clockRate }) => `${name}/${clockRate}`);
  return {
    kind: section.kind,
    address: addressOf(section.lines) ?? addressOf(session) ?? "",
    port: section.port,
    protocol: section.protocol,
    direction: directionOf(section, session),
    codecs: section.kind === "audio" || section.kind === "video" ? named : section.formats,
    ...(codecs.some(({ name }) => name.toLowerCase() === "telephone-event") && { dtmf: true as const }),
  };
}

/** RFC 4566 5.7: `c=IN IP4 192.0.2.7/127`. */
const addressOf = (lines: readonly string[]): string | undefined =>
  lines
    .find((line) => line.startsWith("c="))
    ?.split(" ")[2]
    ?.split("/")[0];

/** RFC 8839 5.1: foundation, component, transport, priority, address, port, `typ`, type. */
function candidate(line: string): string[] {
  const match = /^a=candidate:\S+ 1 (\S+) \d+ (\S+) (\d+) typ (\S+)/.exec(line);
  return match ? [`${match[4]} ${match[1]?.toLowerCase()} ${match[2]}:${match[3]}`] : [];
}
