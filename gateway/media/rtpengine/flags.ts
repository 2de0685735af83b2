import type { CodecName, CodecPolicy, LegKind, RelaySide } from "../relay.ts";

/** Parameters of an ng `offer` or `answer`. */
export type NgFlags = Readonly<
  Record<string, string | readonly string[] | Readonly<Record<string, readonly string[]>>>
>;

/**
 * The one place that turns the kinds of two legs into flags of rtpengine 10.5 and later.
 *
 * - `port latching`: a far end that changes its own port (forked answer, browser after gathering) does not change ours.
 * - `inject DTMF`: without it `play DTMF` says ok and sends nothing.
 * - ICE-lite towards a browser: the relay needs no candidate of it, and answers where it is asked from.
 * - SDES never towards a browser (RFC 8827 6.5), nor the suites without encryption or outside of use. Keys
 *   are padded (RFC 4568 6.1): some telephones read the others short, and then cannot decrypt.
 */
const always: NgFlags = {
  replace: ["origin", "session-connection"],
  flags: ["trust address", "inject DTMF", "port latching"],
};

const uselessSuites = ["NULL_HMAC_SHA1_80", "NULL_HMAC_SHA1_32", "F8_128_HMAC_SHA1_80", "F8_128_HMAC_SHA1_32"];

/** Towards a leg of this kind, in offers. */
const transports: Record<LegKind, NgFlags> = {
  web: {
    "transport-protocol": "UDP/TLS/RTP/SAVPF",
    ICE: "force",
    "rtcp-mux": ["offer", "require"],
    SDES: ["off"],
    flags: ["trust address", "inject DTMF", "port latching", "generate mid"],
  },
  rtp: { "transport-protocol": "RTP/AVP", ICE: "remove", "rtcp-mux": ["demux"], DTLS: "off" },
  srtp: {
    "transport-protocol": "RTP/SAVP",
    ICE: "remove",
    "rtcp-mux": ["demux"],
    DTLS: "off",
    SDES: ["pad", ...uselessSuites.map((suite) => `no-${suite}`)],
  },
};

/** Towards a leg of this kind, in answers: the protocol is the one that it offered, which rtpengine remembers. */
const answers: Record<LegKind, NgFlags> = {
  web: { ICE: "force", "rtcp-mux": ["require"], SDES: ["off"] },
  rtp: { ICE: "remove", "rtcp-mux": ["demux"] },
  srtp: { ICE: "remove", "rtcp-mux": ["demux"], DTLS: "off", SDES: ["pad"] },
};

/** The codecs that an offer meets. */
export interface OfferCodecs {
  /** The speech codecs in the offer, in order. */
  readonly offered: readonly string[];
  /** What the offerer goes on sending because it is told nothing: the call moves to another leg. */
  readonly keep?: string | undefined;
}

/** Flags of an offer by `from` to `to`. */
export function offerFlags(from: RelaySide, to: RelaySide, codecs: OfferCodecs): NgFlags {
  return { ...always, ...transports[to.kind], ...iceLite(from.kind, to.kind), ...codecFlags(from, to, codecs) };
}

/** Flags of an answer that goes to `to`, who offered. */
export function answerFlags(to: RelaySide): NgFlags {
  return { ...always, ...answers[to.kind] };
}

/** `forward`: towards who gets the offer; `backward`: towards who made it. */
function iceLite(from: LegKind, to: LegKind): NgFlags {
  if (from === "web") return { "ICE-lite": to === "web" ? "both" : "backward" };
  return to === "web" ? { "ICE-lite": "forward" } : {};
}

type CodecFlags = Record<string, readonly string[]>;

function codecFlags(from: RelaySide, to: RelaySide, { offered, keep }: OfferCodecs): NgFlags {
  const accept = accepted(from, keep);
  const codec: CodecFlags = {
    ...towards(to, offered),
    ...(from.kind === "web" && to.kind !== "web" ? { strip: browserOnlyCodecs } : {}),
    ...(accept.length > 0 ? { accept } : {}),
  };
  return Object.keys(codec).length === 0 ? {} : { codec };
}

/** Answered to the offerer although the other side has not got it. */
function accepted({ kind, codecs }: RelaySide, keep: string | undefined): readonly string[] {
  const speech = codecs === "opus" ? "opus" : keep;
  // A telephone answers with one clock rate of events; the browser keeps the one that its codec needs.
  const events = kind === "web" || keep !== undefined ? ["telephone-event"] : [];
  return [...(speech === undefined ? [] : [speech]), ...events];
}

/** Redundancy and comfort noise are between browser and nobody. */
const browserOnlyCodecs = ["red", "CN"];

function towards({ kind, codecs = "follow" }: RelaySide, offered: readonly string[]): CodecFlags {
  if (codecs === "opus") return only(["opus"], offered);
  if (codecs !== "follow") return only(codecs, offered);
  const known = kind === "web" && lingua.web.some((name) => has(offered, name));
  const missing = known ? [] : lingua[kind].filter((name) => !has(offered, name));
  return missing.length > 0 && offered.length > 0 ? { transcode: missing } : {};
}

/**
 * What each far end of a kind can be expected to have. Added behind what is offered, so that it is chosen only by who
 * has nothing better in common: a browser has all of it, a telephone may have one G.711 law only.
 */
const lingua: Record<LegKind, readonly CodecName[]> = {
  web: ["opus", "G722", "PCMA", "PCMU"],
  rtp: ["PCMA", "PCMU"],
  srtp: ["PCMA", "PCMU"],
};

/** `mask` hides a codec from the offer's receiver and still takes it from its maker. Events are no speech: they stay. */
function only(wanted: Exclude<CodecPolicy, string>, offered: readonly string[]): CodecFlags {
  const masked = offered.filter((name) => !has(wanted, name));
  return { ...(masked.length > 0 ? { mask: masked } : {}), transcode: wanted };
}

const has = (names: readonly string[], name: string): boolean =>
  names.some((each) => each.toLowerCase() === name.toLowerCase());
