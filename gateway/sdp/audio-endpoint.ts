import { codecsOf, type Codec } from "./codec.ts";
import { attribute, parseSdp, printSdp, type MediaSection, type SessionDescription } from "./description.ts";
import { answerTo, directionOf, type Direction } from "./direction.ts";
import { SdpError } from "./sdp-error.ts";

/** Descriptions of an RTP endpoint of our own: one audio section, plain RTP. */
export interface AudioEndpoint {
  readonly address: string;
  readonly port: number;
  readonly codecs: readonly Codec[];
  readonly sessionId: string;
  readonly version: number;
}

/** What the far end of an exchange agreed to. */
export interface AudioAgreement {
  /** Where to send. */
  readonly address: string;
  readonly port: number;
  readonly codec: Codec;
  /** Payload type of RFC 4733 events, when both have them. */
  readonly events?: number;
  readonly direction: Direction;
}

export function audioOffer(endpoint: AudioEndpoint, direction: Direction = "sendrecv"): string {
  return printSdp({ session: sessionLines(endpoint), media: [audioSection(endpoint, endpoint.codecs, direction)] });
}

/**
 * RFC 3264 6: the answer to `offer`, with the first offered codec that we have; sections beyond the first audio are
 * refused.
 * @throws SdpError
 */
export function audioAnswer(endpoint: AudioEndpoint, offer: string): { sdp: string; agreement: AudioAgreement } {
  const description = parseSdp(offer);
  const audio = audioOf(description);
  const direction = answerTo(directionOf(audio, description.session));
  const agreement = { ...agreementOn(description, audio, endpoint.codecs), direction };
  const chosen = [agreement.codec, ...eventsOf(audio)];
  const media = description.media.map((section) =>
    section === audio ? audioSection(endpoint, chosen, direction) : refused(section),
  );
  return { sdp: printSdp({ session: sessionLines(endpoint), media }), agreement };
}

/** What `answer` made of our offer. @throws SdpError */
export function agreementIn(endpoint: AudioEndpoint, answer: string): AudioAgreement {
  const description = parseSdp(answer);
  return agreementOn(description, audioOf(description), endpoint.codecs);
}

function audioOf({ media }: SessionDescription): MediaSection {
  const audio = media.find(({ kind, port }) => kind === "audio" && port > 0);
  if (!audio) throw new SdpError("no-common-codec", "the description has no audio");
  return audio;
}

function agreementOn({ session }: SessionDescription, audio: MediaSection, ours: readonly Codec[]): AudioAgreement {
  const codec = codecsOf(audio).find((theirs) => ours.some((own) => same(own, theirs)) && !isEvents(theirs));
  if (!codec) throw new SdpError("no-common-codec", "the description has no codec of ours");
  const events = eventsOf(audio)[0]?.payloadType;
  const offered = directionOf(audio, session);
  return {
    address: connectionOf([...audio.lines, ...session]),
    port: audio.port,
    codec,
    ...(events === undefined ? {} : { events }),
    direction: answerTo(offered),
  };
}

const eventsOf = (audio: MediaSection): readonly Codec[] =>
  codecsOf(audio).filter((codec) => isEvents(codec) && codec.clockRate === 8000);

const isEvents = ({ name }: Codec): boolean => name.toLowerCase() === "telephone-event";

const same = (a: Codec, b: Codec): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase() && a.clockRate === b.clockRate && a.channels === b.channels;

function connectionOf(lines: readonly string[]): string {
  const address = /^c=IN IP[46] ([^\s/]+)/.exec(lines.find((line) => line.startsWith("c=")) ?? "")?.[1];
  if (!address) throw new SdpError("bad-sdp", "the description has no address");
  return address;
}

const sessionLines = ({ sessionId, version, address }: AudioEndpoint): string[] => [
  "v=0",
  `o=- ${sessionId} ${version} IN IP4 ${address}`,
  "s=-",
  `c=IN IP4 ${address}`,
  "t=0 0",
];

function audioSection({ port }: AudioEndpoint, codecs: readonly Codec[], direction: Direction): MediaSection {
  return {
    kind: "audio",
    port,
    protocol: "RTP/AVP",
    formats: codecs.map(({ payloadType }) => String(payloadType)),
    // One port for both: RTCP is recognised by its packet type (RFC 5761 4), and dropped.
    lines: [...codecs.flatMap(codecLines), "a=ptime:20", `a=rtcp:${port}`, `a=${direction}`],
  };
}

function codecLines(codec: Codec): string[] {
  const channels = codec.channels > 1 ? `/${codec.channels}` : "";
  const map = `a=rtpmap:${codec.payloadType} ${codec.name}/${codec.clockRate}${channels}`;
  return isEvents(codec) ? [map, `a=fmtp:${codec.payloadType} 0-15`] : [map];
}

/** RFC 3264 6: a section that is not wanted is answered with port 0. */
function refused(section: MediaSection): MediaSection {
  const mid = attribute(section.lines, "mid");
  return { ...section, port: 0, lines: mid === undefined ? [] : [`a=mid:${mid}`] };
}
