/** The timers of RFC 3261 (table 4) and RFC 6026, in milliseconds, for unreliable transports. */
export interface Timers {
  readonly T1: number;
  readonly T2: number;
  readonly T4: number;
  /** INVITE client: no answer at all. */
  readonly B: number;
  /** INVITE client: absorbs repeated final responses. */
  readonly D: number;
  /** Non-INVITE client: no final answer. */
  readonly F: number;
  /** INVITE server: no ACK. */
  readonly H: number;
  /** INVITE server: absorbs repeated ACKs. */
  readonly I: number;
  /** Non-INVITE server: absorbs repeated requests. */
  readonly J: number;
  /** Non-INVITE client: absorbs repeated responses. */
  readonly K: number;
  /** INVITE server: absorbs repeated INVITEs after a 2xx (RFC 6026 7.1). */
  readonly L: number;
  /** INVITE client: takes further 2xx (RFC 6026 7.2). */
  readonly M: number;
}

/** All timers from the three that are settings. */
export function timersOf(base: { T1: number; T2: number; T4: number }): Timers {
  const long = 64 * base.T1;
  return { ...base, B: long, D: long, F: long, H: long, I: base.T4, J: long, K: base.T4, L: long, M: long };
}

export const defaultTimers: Timers = timersOf({ T1: 500, T2: 4_000, T4: 5_000 });
