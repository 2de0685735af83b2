import type { Clock, Timer } from "../base/clock.ts";
import { Tally } from "../base/tally.ts";
import type { Call } from "../call/call.ts";
import type { Address } from "../call/leg.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import { mayCall, type Rights } from "../switchboard/rights.ts";

export interface GuestLimits {
  /** Exactly what may be called: `user:sales@example.org`. */
  readonly targets: Rights;
  /** Telephone numbers that may be rung for a guest: `tel:+33*`. Default: none. */
  readonly callMe?: Rights;
  /** Of all guests together. */
  readonly callsPerMinute: number;
  readonly callsAtOnce: number;
  /** Milliseconds from the answer. */
  readonly longestCall: number;
}

export interface GuestRefusal {
  readonly code: Extract<RefusalCode, "not-allowed" | "rate-limited" | "overload">;
  readonly text: string;
  readonly retryAfterMs?: number;
}

type GuestCall = Pick<Call, "on" | "close">;

const minute = 60_000;

/** What the guests of one application key may do together. */
export class GuestPass {
  readonly #limits: GuestLimits;
  readonly #clock: Clock;
  readonly #started: Tally;
  readonly #refused: (code: GuestRefusal["code"]) => void;
  #calls = 0;

  /** `refused`: a call was refused, for metrics. */
  constructor(limits: GuestLimits, clock: Clock, refused: (code: GuestRefusal["code"]) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#started = new Tally(clock, { window: minute, maxKeys: 1 });
    this.#refused = refused;
  }

  /** Calls of guests that have not ended. */
  get calls(): number {
    return this.#calls;
  }

  /** Numbers that may be rung for a guest. */
  get callMe(): Rights {
    return this.#limits.callMe ?? [];
  }

  /** Why a call to `target` is not started; undefined when it may be. Test numbers are targets like others. */
  refusal(target: Address): GuestRefusal | undefined {
    const refusal = this.#judge(target);
    if (refusal) this.#refused(refusal.code);
    return refusal;
  }

  /** Counts a call until it ends, and ends it when it has lasted too long. */
  follow(call: GuestCall): void {
    let timer: Timer | undefined;
    this.#calls += 1;
    this.#started.add("", this.#limits.callsPerMinute);
    call.on("connected", () => {
      timer = this.#clock.after(this.#limits.longestCall, () => call.close({ code: "time-limit" }));
    });
    call.on("ended", () => {
      timer?.cancel();
      this.#calls -= 1;
    });
  }

  #judge(target: Address): GuestRefusal | undefined {
    const { targets, callsAtOnce, callsPerMinute } = this.#limits;
    if (!mayCall(targets, target)) return { code: "not-allowed", text: "This button calls other targets only." };
    if (this.#calls >= callsAtOnce)
      return { code: "overload", text: "Too many visitors call right now. Try again in a moment." };
    const retryAfterMs = this.#started.waitMs("", callsPerMinute);
    if (retryAfterMs === 0) return undefined;
    return { code: "rate-limited", text: "Too many visitors called in a short time. Try again soon.", retryAfterMs };
  }
}
