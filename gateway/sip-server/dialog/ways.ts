import type { Flow, Hop } from "../transport/flow.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";

/** Milliseconds for which a destination that failed is tried last. */
const failedMs = 60_000;
/** And one that does not listen where RFC 3261 18.1.1 sends large requests. */
const noTcpMs = 300_000;
/** A server may ask for that long at most (RFC 3261 21.5.4). */
const maxRetryAfterMs = 300_000;

interface Way {
  readonly flow: Flow;
  /** Undefined for a way that was known before: a connection, or an address behind NAT. */
  readonly hop?: Hop;
}

/** The ways to one destination, best first: when one fails the request takes the next (RFC 3263 4.3). */
export class Ways {
  readonly #transport: TransportLayer | undefined;
  readonly #open: (hop: Hop) => Flow | undefined;
  #way: Way;
  #left: readonly Hop[];
  /** The way that was chosen for the size of the request; what comes next is what it would have taken else. */
  #detour: Hop | undefined;

  private constructor(
    way: Way,
    left: readonly Hop[],
    open: (hop: Hop) => Flow | undefined,
    transport?: TransportLayer,
  ) {
    this.#way = way;
    this.#left = left;
    this.#open = open;
    this.#transport = transport;
  }

  /** A single way, such as a connection that is there. */
  static only(flow: Flow): Ways {
    return new Ways({ flow }, [], () => undefined);
  }

  /** Ways to addresses, of which the first that can be opened counts; undefined when none can. */
  static to(hops: readonly Hop[], open: (hop: Hop) => Flow | undefined, transport: TransportLayer): Ways | undefined {
    for (const [at, hop] of hops.entries()) {
      const flow = open(hop);
      if (flow) return new Ways({ flow, hop }, hops.slice(at + 1), open, transport);
    }
    return undefined;
  }

  get flow(): Flow {
    return this.#way.flow;
  }

  /** True while there is another way. */
  get more(): boolean {
    return this.#left.length > 0;
  }

  /** True while the way is one that was chosen for the size of the request. */
  get tryingTcp(): boolean {
    return this.#detour !== undefined && this.#way.hop === this.#detour;
  }

  /** Takes the next way; undefined when there is none left. @param retryAfter seconds that the server asked for */
  next(retryAfter?: number): Flow | undefined {
    this.#noteFailure(retryAfter);
    while (this.#left.length > 0) {
      const [hop, ...left] = this.#left;
      this.#left = left;
      const flow = hop && this.#open(hop);
      if (flow) {
        this.#way = { flow, hop };
        return flow;
      }
    }
    return undefined;
  }

  /**
   * RFC 3261 18.1.1: a request too large for one datagram goes by TCP to the same address; where nobody listens for
   * TCP, by UDP all the same.
   */
  takeTcp(): void {
    const { hop } = this.#way;
    if (hop?.protocol !== "udp") return;
    const tcp: Hop = { ...hop, protocol: "tcp" };
    const flow = this.#transport?.failures.has(tcp) ? undefined : this.#open(tcp);
    if (!flow) return;
    this.#left = [hop, ...this.#left];
    this.#way = { flow, hop: tcp };
    this.#detour = tcp;
  }

  #noteFailure(retryAfter: number | undefined): void {
    const { hop } = this.#way;
    if (!hop) return;
    const ms = retryAfter === undefined ? failedMs : Math.min(retryAfter * 1000, maxRetryAfterMs);
    this.#transport?.failures.note(hop, hop === this.#detour ? noTcpMs : ms);
  }
}
