import { CodedError } from "../base/errors.ts";
import type { SdpOutline } from "../sdp/outline.ts";
import type { MediaSummary } from "../sdp/summary.ts";

export type { SdpOutline } from "../sdp/outline.ts";

/**
 * The port to the media relay: every call's sound passes one, so that a call can join legs that share neither
 * transport, encryption nor codec. One RelaySession a call; a leg is named by the same id for its whole life.
 */

/** What kind of far end a leg is: decides transport, ICE, DTLS, codecs. */
export type LegKind = "web" | "rtp" | "srtp";

/** A session description as the call sees it: text is opaque to it. `generation` counts the offers of a leg. */
export interface Description {
  readonly kind: "offer" | "answer";
  readonly sdp: string;
  readonly generation: number;
}

/** Our leg id, used as the relay's tag for the leg's whole life; a SIP tag must never be used (it may change). */
export type RelayLegId = string;

export type CodecName = "opus" | "G722" | "PCMA" | "PCMU" | "AMR" | "AMR-WB";

/**
 * Which codecs a side gets. `follow`: what the other side has, in its order, and nothing is transcoded unless the
 * two have none in common; `opus`: Opus whatever the other side has (holds better on a lossy link, costs CPU);
 * a list: these only, in this order, transcoded where the other side lacks them. DTMF (RFC 4733) is always kept.
 */
export type CodecPolicy = "follow" | "opus" | readonly CodecName[];

/** One side of an offer or answer. `codecs` defaults to `follow`. */
export interface RelaySide {
  readonly leg: RelayLegId;
  readonly kind: LegKind;
  readonly codecs?: CodecPolicy;
}

/**
 * - `no-relay`: no relay is up; the operation may be tried again after `restored`.
 * - `refused`: the relay said no, its text is in `message`.
 * - `bad-sdp`: the text is not a session description, or larger than 64 KiB.
 * - `timeout`: no reply within the deadline, the repeat included.
 */
export class RelayError extends CodedError<RelayErrorCode> {}

export type RelayErrorCode = "no-relay" | "refused" | "bad-sdp" | "timeout";

/** The media of one call. All operations reject with RelayError. */
export interface RelaySession {
  /** The relay's call id: starts with the gateway's prefix, so that a restarted gateway knows its own. */
  readonly id: string;
  /** Which relay carries it. */
  readonly relay: string;

  /** `from` offers `sdp`; returns the offer for `to`. A new `to.leg` moves the call: only that side is offered anew. */
  offer(from: RelaySide, to: RelaySide, sdp: string): Promise<string>;

  /** `from` answers the last offer of `to` with `sdp`; returns the answer for `to`. May be repeated (forked 18x). */
  answer(from: RelaySide, to: RelaySide, sdp: string): Promise<string>;

  /**
   * `from` has another media endpoint than before: its page was loaded anew. `sdp` is that one's offer; returns
   * the answer for it, which says what `to` last said itself. `to` is told nothing: its ports, keys and codec stay.
   */
  renew(from: RelaySide, to: RelaySide, sdp: string): Promise<string>;

  /** `leg` has left the call: its ports and nothing else are released. */
  remove(leg: RelayLegId): Promise<void>;

  /** Sends one of 0-9 * # A-D as RFC 4733 event, as if `leg` had pressed it, to the other side, for `durationMs`. */
  sendDigit(leg: RelayLegId, digit: string, durationMs: number): Promise<void>;

  /**
   * The call is answered: from now on a leg that should send and does not is told by `media-timeout`. Nobody has to
   * send while a leg is on hold.
   */
  watch(): void;

  /** A leg is known to be away: nobody is told of its silence until the next `watch`. */
  unwatch(): void;

  /**
   * Releases everything. Idempotent, never rejects: what the relay did not confirm is swept up later. The result: what
   * has come from each leg, when the relay said so.
   */
  close(): Promise<readonly LegCounters[] | undefined>;
}

/** What has come to the relay from one leg. The relay passes on what comes, but for `errors`. */
export interface LegCounters {
  readonly leg: RelayLegId;
  /** RTP packets, and their octets with headers. */
  readonly packets: number;
  readonly octets: number;
  readonly errors: number;
  /** Where they come from; where they were expected from, when none came. */
  readonly address?: string;
  readonly port?: number;
  /** As received, such as `PCMU/8000`. */
  readonly codec?: string;
  /** What the receivers of the leg's stream reported, on average: MOS 1 to 5. */
  readonly mos?: number;
  readonly lossPercent?: number;
  readonly jitterMs?: number;
  readonly roundTripMs?: number;
}

/** What comes up from a relay. `session` is RelaySession.id. */
export interface RelayEvents {
  /** A leg pressed a key (RFC 4733), told once at its end. Digits sent by `sendDigit` are not told. */
  readonly digit: [{ session: string; leg: RelayLegId; digit: string; durationMs: number }];
  /** `leg` should be sending and nothing has come from it for `media.timeout`. Told again after each further one. */
  readonly "media-timeout": [{ session: string; leg: RelayLegId }];
  /** A relay died; these sessions have no media any more and are closed. */
  readonly lost: [{ sessions: readonly string[]; reason: string }];
  /** A relay is up (again) after none was. */
  readonly restored: [];
}

export interface Relay {
  /**
   * Reserves the least loaded healthy relay for a call. Nothing is sent until the first offer.
   * @throws RelayError `no-relay`
   */
  open(options?: RelayOpenOptions): RelaySession;

  /** What `sdp` describes. @throws RelayError `bad-sdp` */
  summary(sdp: string): MediaSummary;

  /** What of `sdp` may be kept. @throws RelayError `bad-sdp` */
  outline(sdp: string): SdpOutline;

  /** False while no relay answers. */
  readonly available: boolean;

  /** Open sessions: back to 0 when no call is up. */
  readonly sessions: number;

  /** Adds a listener; the returned function removes it. */
  on<K extends keyof RelayEvents>(event: K, listener: (...args: RelayEvents[K]) => void): () => void;

  /** Closes all sessions, then stops watching relays. A relay that we started is stopped too. */
  close(): Promise<void>;
}

export interface RelayOpenOptions {
  /** Part of the session id behind the gateway's prefix (default: random). */
  readonly id?: string;
}
