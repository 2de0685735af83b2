import type { Refusal } from "../transaction/refusals.ts";
import type { BusyWatch } from "./busy-watch.ts";
import type { AdmissionLimits } from "./options.ts";

export type RefusalReason = "draining" | "unanswered" | "lag" | "busy";

export interface Load {
  /** INVITEs without a final answer. */
  unanswered(): number;
  /** Milliseconds that applications lag behind. */
  lagMs(): number;
}

/**
 * Decides whether new requests, those outside dialogs, are taken. Work that is refused at once can be done elsewhere;
 * work that waits until its sender has given up is done for nobody (RFC 5390).
 */
export class Admission {
  /** Nothing new any more. */
  draining = false;
  readonly #limits: AdmissionLimits;
  readonly #busy: BusyWatch;
  readonly #load: Load;

  constructor(limits: AdmissionLimits, busy: BusyWatch, load: Load) {
    this.#limits = limits;
    this.#busy = busy;
    this.#load = load;
  }

  /** Undefined: it is taken. */
  decide(): Refusal | undefined {
    const why = this.#reason();
    return why && { why, retryAfterS: this.#limits.retryAfterS };
  }

  #reason(): RefusalReason | undefined {
    const busyMs = this.#busy.busyMs();
    if (this.draining) return "draining";
    if (this.#load.unanswered() >= this.#limits.unanswered) return "unanswered";
    if (this.#load.lagMs() >= this.#limits.lagMs) return "lag";
    return busyMs >= this.#limits.busyMs ? "busy" : undefined;
  }
}
