import type { Clock } from "../base/clock.ts";
import type { Description } from "../media/relay.ts";

/** `address`, `port`, and `udp`, `tcp`, `ws`, … */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
}

interface Passed {
  /** Seen from us. */
  readonly direction: "in" | "out";
  /** What the message carried; the journal keeps an outline of it, never the text. */
  readonly description?: Description;
}

/** A SIP message: start line and those headers that tell something. Never credentials, never a body. */
export interface SipMessageFact extends Passed {
  readonly protocol: "sip";
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly near?: Endpoint;
  readonly far?: Endpoint;
}

/** A frame from or to a page: its type, and those fields that tell something. */
export interface FrameFact extends Passed {
  readonly protocol: "frame";
  readonly type: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** A message as it passed a leg's far side. A value, for the journal only: no call decides by it. */
export type WireFact = SipMessageFact | FrameFact;

/** When something happened: milliseconds since the epoch, and of a clock that never jumps. */
export interface Moment {
  readonly at: number;
  readonly monotonic: number;
}

export type WireListener = (fact: WireFact, moment: Moment) => void;

export const momentOf = (clock: Clock): Moment => ({ at: clock.now(), monotonic: clock.monotonic() });

/** What passes before anybody listens: an INVITE and the challenge before it. */
const maxEarly = 16;

/** Where a leg tells what passes; what came before a listener did is kept for it. */
export class WireTap {
  readonly #clock: Clock;
  #early: [WireFact, Moment][] = [];
  #listener: WireListener | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(fact: WireFact, moment: Moment = momentOf(this.#clock)): void {
    if (this.#listener) this.#listener(fact, moment);
    else if (this.#early.length < maxEarly) this.#early.push([fact, moment]);
  }

  /** One listener: the journal. It stays when the leg has ended, because its last messages come after that. */
  listen(listener: WireListener): void {
    this.#listener = listener;
    for (const [fact, moment] of this.#early.splice(0)) listener(fact, moment);
  }
}
