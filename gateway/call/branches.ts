import type { Cause } from "./cause.ts";
import { bestCause } from "./cause.ts";
import type { Leg, LegCommand, LegFact, LegId } from "./leg.ts";

/** One leg that may answer. `hops`: redirections that led to it (RFC 3261 8.1.3.4; at most 3). */
export interface Branch {
  readonly leg: Leg;
  readonly hops: number;
  readonly stop: () => void;
}

/** The legs of a call that ring at once, until one answers. */
export class Branches {
  readonly #live = new Map<LegId, Branch>();
  readonly #failed: Cause[] = [];
  readonly #onFact: (leg: Leg, fact: LegFact) => void;

  constructor(onFact: (leg: Leg, fact: LegFact) => void) {
    this.#onFact = onFact;
  }

  get size(): number {
    return this.#live.size;
  }

  get legs(): readonly Leg[] {
    return [...this.#live.values()].map((branch) => branch.leg);
  }

  /** Why nobody answered, of all that failed so far. */
  get cause(): Cause {
    return bestCause(this.#failed);
  }

  add(leg: Leg, hops = 0): void {
    const stop = leg.listen((fact) => this.#onFact(leg, fact));
    this.#live.set(leg.id, { leg, hops, stop });
  }

  get(leg: Leg): Branch | undefined {
    return this.#live.get(leg.id);
  }

  /** The leg ended by itself, with `cause`. */
  failed(leg: Leg, cause: Cause): void {
    this.#failed.push(cause);
    this.#forget(leg);
  }

  /** Takes the leg out; its facts go on to the listener, and it is not ended with the others. */
  take(leg: Leg): Branch | undefined {
    const branch = this.#live.get(leg.id);
    this.#live.delete(leg.id);
    return branch;
  }

  /** Ends all that still ring. */
  end(command: Extract<LegCommand, { do: "end" }>): void {
    for (const leg of this.legs) {
      this.#forget(leg);
      leg.command(command);
    }
  }

  #forget(leg: Leg): void {
    this.#live.get(leg.id)?.stop();
    this.#live.delete(leg.id);
  }
}
