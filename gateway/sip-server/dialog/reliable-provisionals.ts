import { randomInt } from "node:crypto";
import type { Clock, Timer } from "../../base/clock.ts";
import type { RAck } from "../../sip-syntax/cseq.ts";
import type { Timers } from "../transaction/timers.ts";

interface Item {
  readonly rseq: number;
  readonly send: () => void;
  readonly hasBody: boolean;
  /** We answer the PRACK, because the application did not ask for reliability. */
  readonly ownPrack: boolean;
}

/** RFC 3262 3: provisional responses of one INVITE that are repeated until their PRACK, one at a time. */
export class ReliableProvisionals {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #cseq: number;
  readonly #givenUp: () => void;
  readonly #queue: Item[] = [];
  #next = randomInt(1, 2 ** 30);
  #repeat: Timer | undefined;
  #limit: Timer | undefined;
  #final: (() => void) | undefined;

  /** `givenUp` is called when no PRACK came for 64·T1. */
  constructor(clock: Clock, timers: Timers, inviteCseq: number, givenUp: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#cseq = inviteCseq;
    this.#givenUp = givenUp;
  }

  /** A response with a body has no PRACK yet. */
  get holdsBody(): boolean {
    return this.#queue.some((item) => item.hasBody);
  }

  /** The RSeq for the next response: always one more (RFC 3262 3). */
  takeRSeq(): number {
    return this.#next++;
  }

  add(item: Item): void {
    this.#queue.push(item);
    if (this.#queue.length === 1) this.#begin(item);
  }

  /** Calls `send` now, or when nothing unacknowledged carries a body any more (RFC 3262 5). */
  beforeFinal(send: () => void): void {
    if (this.holdsBody) this.#final = send;
    else {
      this.stop();
      send();
    }
  }

  /** A PRACK came: undefined when it acknowledges nothing of ours (481), else who answers it. */
  acknowledge(rack: RAck): "application" | "server" | undefined {
    const [item] = this.#queue;
    if (!item || item.rseq !== rack.rseq || rack.cseq.number !== this.#cseq || rack.cseq.method !== "INVITE") {
      return undefined;
    }
    this.#cancelTimers();
    this.#queue.shift();
    this.#proceed();
    return item.ownPrack ? "server" : "application";
  }

  stop(): void {
    this.#cancelTimers();
    this.#queue.length = 0;
    this.#final = undefined;
  }

  #proceed(): void {
    const final = this.#final;
    if (final && !this.holdsBody) {
      this.stop();
      return final();
    }
    const [next] = this.#queue;
    if (next) this.#begin(next);
  }

  #begin(item: Item): void {
    item.send();
    this.#limit = this.#clock.after(64 * this.#timers.T1, () => {
      this.stop();
      this.#givenUp();
    });
    this.#repeatAfter(this.#timers.T1, item);
  }

  #repeatAfter(ms: number, item: Item): void {
    this.#repeat = this.#clock.after(ms, () => {
      item.send();
      this.#repeatAfter(2 * ms, item);
    });
  }

  #cancelTimers(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }
}
