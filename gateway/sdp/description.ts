import { SdpError } from "./sdp-error.ts";

/**
 * A session description as its lines (RFC 4566 5): nothing is understood that nobody asks for, and what was not
 * touched is printed as it was read.
 */
export interface SessionDescription {
  /** The lines above the first `m=`. */
  readonly session: readonly string[];
  readonly media: readonly MediaSection[];
}

export interface MediaSection {
  /** `audio`, `video`, `application`, … */
  readonly kind: string;
  /** 0: refused or removed (RFC 3264 6). */
  readonly port: number;
  /** `RTP/AVP`, `UDP/TLS/RTP/SAVPF`, … */
  readonly protocol: string;
  /** Payload types as text. */
  readonly formats: readonly string[];
  /** The lines below `m=`. */
  readonly lines: readonly string[];
}

/** No description of ours or of a browser comes near it. */
export const maxSdpBytes = 64 * 1024;

const linePattern = /^[a-z]=[^\0]*$/;
const mediaPattern = /^m=(\S+) (\d{1,5})(?:\/\d+)? (\S+)((?: \S+)+)$/;

/** Reads lines that end with CRLF or LF. @throws SdpError `bad-sdp` */
export function parseSdp(text: string): SessionDescription {
  if (Buffer.byteLength(text) > maxSdpBytes) throw new SdpError("bad-sdp", "the description is larger than 64 KiB");
  const lines = text.trimEnd().split(/\r?\n/);
  const odd = lines.find((line) => !linePattern.test(line));
  if (odd !== undefined || lines[0] !== "v=0") throw new SdpError("bad-sdp", "the text is not a session description");
  const starts = lines.flatMap((line, index) => (line.startsWith("m=") ? [index] : []));
  const session = lines.slice(0, starts[0] ?? lines.length);
  if (!session.some((line) => line.startsWith("o="))) throw new SdpError("bad-sdp", "the description has no o= line");
  return { session, media: starts.map((start, index) => section(lines.slice(start, starts[index + 1]))) };
}

export function printSdp({ session, media }: SessionDescription): string {
  const lines = [...session, ...media.flatMap((section) => [mediaLine(section), ...section.lines])];
  return lines.map((line) => `${line}\r\n`).join("");
}

/** The value of the first `a=name:value`; empty for `a=name`; undefined when there is none. */
export function attribute(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((text) => text === `a=${name}` || text.startsWith(`a=${name}:`));
  return line?.slice(name.length + 3);
}

function section([first = "", ...lines]: readonly string[]): MediaSection {
  const match = mediaPattern.exec(first);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw new SdpError("bad-sdp", "a media line cannot be read");
  const [, kind = "", , protocol = "", formats = ""] = match;
  return { kind, port, protocol, formats: formats.trim().split(" "), lines };
}

const mediaLine = ({ kind, port, protocol, formats }: MediaSection): string =>
  `m=${kind} ${port} ${protocol} ${formats.join(" ")}`;
