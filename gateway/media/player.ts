/**
 * The port to what plays into a call: test numbers, prompts. A player is a far end like any other: it answers an
 * offer with a session description of kind `rtp` and is joined to a leg by a relay session.
 */

/**
 * What is played.
 * - `echo`: sends back what it hears, key presses included.
 * - `tone`: a sine of `hz`, until closed.
 * - `ringback`: the ringing tone that a caller hears, until closed.
 * - `digits`: each of 0-9 * # A-D as audible DTMF tones (ITU-T Q.23) in-band, once; then `finished`.
 */
export type PlayerProgram =
  { readonly echo: true } | { readonly tone: number } | { readonly ringback: true } | { readonly digits: string };

export interface PlayerEvents {
  /** The program has come to its end (only `digits` has one). Silence follows until `close`. */
  readonly finished: [];
}

/** One player, with one UDP port of its own until `close`. */
export interface PlayerSession {
  /** Answers an offer (also a later one: hold, other codec). @throws SdpError when it is no audio offer that we can meet */
  answer(offer: string): string;

  /** Our own offer, for a far end that called without one (RFC 3261 13.2.1: late offer). Settled by `accept`. */
  offer(): string;

  /** The answer to our `offer`. @throws SdpError */
  accept(answer: string): void;

  on<K extends keyof PlayerEvents>(event: K, listener: (...args: PlayerEvents[K]) => void): () => void;

  /** Releases socket and timers. Idempotent. */
  close(): void;
}

export interface Player {
  /** Opens a port for `program`; playing starts with the first answer. @throws CodedError `no-port` */
  open(options: { readonly program: PlayerProgram }): Promise<PlayerSession>;

  /** Open players: back to 0 when no call is up. */
  readonly sessions: number;
}
