import type { Clock, Timer } from "../base/clock.ts";
import type { InRequest, Source } from "./link.ts";
import { SipTape } from "./sip-tape.ts";

/** Why an INVITE never became a call. */
export type AttemptRefusal = "password" | "no-password" | "unknown-caller" | "bad-target" | "not-understood";

/** An INVITE that was answered without a call. */
export interface RefusedAttempt {
  readonly refusal: AttemptRefusal;
  readonly status: number;
  /** From and Request-URI, as they came. */
  readonly from: string;
  readonly to: string;
  readonly source: Source;
  readonly network?: string;
  /** What passed; one may listen. */
  readonly tape: SipTape;
}

export interface OpenAttempt {
  readonly tape: SipTape;
  /** The request, told. */
  readonly request: InRequest;
}

interface Challenged {
  readonly attempt: RefusedAttempt;
  readonly until: number;
}

/** A phone that was challenged comes back within a round trip; one that does not has no password. Milliseconds. */
const patienceMs = 10_000;
const maxChallenged = 500;

/**
 * INVITEs before they are calls. A challenged one comes again under the same Call-ID (RFC 3261 22.2), and its story
 * goes on there.
 */
export class Attempts {
  readonly #clock: Clock;
  readonly #refused: (attempt: RefusedAttempt) => void;
  readonly #challenged = new Map<string, Challenged>();
  #timer: Timer | undefined;

  constructor(clock: Clock, refused: (attempt: RefusedAttempt) => void) {
    this.#clock = clock;
    this.#refused = refused;
  }

  open(request: InRequest): OpenAttempt {
    const key = keyOf(request);
    const tape = this.#challenged.get(key)?.attempt.tape ?? new SipTape(this.#clock);
    this.#challenged.delete(key);
    return { tape, request: tape.request(request) };
  }

  /** The request was challenged: it comes again, or that was its end. */
  challenged({ tape, request }: OpenAttempt, status: number): void {
    if (this.#challenged.size >= maxChallenged) return;
    const attempt = attemptOf(request, tape, "no-password", status);
    this.#challenged.set(keyOf(request), { attempt, until: this.#clock.monotonic() + patienceMs });
    this.#timer ??= this.#clock.after(patienceMs, () => this.#look());
  }

  refused({ tape, request }: OpenAttempt, refusal: AttemptRefusal, status: number, network?: string): void {
    this.#refused(attemptOf(request, tape, refusal, status, network));
  }

  close(): void {
    this.#timer?.cancel();
    this.#challenged.clear();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [key, { attempt, until }] of this.#challenged) {
      if (until > this.#clock.monotonic()) break;
      this.#challenged.delete(key);
      this.#refused(attempt);
    }
    if (this.#challenged.size > 0) this.#timer = this.#clock.after(patienceMs, () => this.#look());
  }
}

const keyOf = ({ callId, source }: InRequest): string => `${source.address} ${callId}`;

function attemptOf(
  request: InRequest,
  tape: SipTape,
  refusal: AttemptRefusal,
  status: number,
  network?: string,
): RefusedAttempt {
  return {
    refusal,
    status,
    from: request.header("from") ?? "",
    to: request.uri,
    source: request.source,
    tape,
    ...(network !== undefined && { network }),
  };
}
