import type { ServerFrameOf } from "../gateway/protocol/server-frame.ts";

/** Events after which the gateway is told that they came, though no ping is due: it keeps a thousand. */
const tellAfter = 200;

/** What of a session's calls is left, once everything missed has been told. */
export interface Resumed {
  /** Ids of the calls that the gateway has. */
  readonly calls: readonly string[];
}

/** How far a page has come in the events of its session. */
export class Progress {
  #seq: number;
  #told = 0;
  #resumed: (Resumed & { readonly upTo: number }) | undefined;

  constructor(seq = 0) {
    this.#seq = seq;
  }

  /** The last event that came. */
  get seq(): number {
    return this.#seq;
  }

  /** The gateway should hear of it before the next ping. */
  get due(): boolean {
    return this.#seq - this.#told >= tellAfter;
  }

  /** The gateway has been told `seq`. */
  told(seq: number): void {
    this.#told = Math.max(this.#told, seq);
  }

  /** False for an event that came before, on an earlier connection. One without number never did. */
  take(fact: object): boolean {
    const { seq } = fact as { readonly seq?: number };
    if (seq === undefined) return true;
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    return true;
  }

  resumed({ lastSeq, calls, resync }: ServerFrameOf<"session.resumed">): void {
    this.#told = this.#seq;
    if (resync) this.#seq = lastSeq;
    this.#resumed = { calls, upTo: lastSeq };
  }

  /** After a resume, once: when all that was missed has come. */
  caughtUp(): Resumed | undefined {
    const resumed = this.#resumed;
    if (!resumed || this.#seq < resumed.upTo) return undefined;
    this.#resumed = undefined;
    return resumed;
  }
}
