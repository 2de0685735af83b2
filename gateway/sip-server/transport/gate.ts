import type { Socket } from "node:net";
import type { Clock } from "../../base/clock.ts";
import type { Emitter } from "../../base/emitter.ts";
import type { SipMessage } from "../../sip-syntax/message.ts";
import type { Protocol, Refusal, TransportEvents } from "./flow.ts";
import { type Networks, sourceOf } from "./networks.ts";
import { isScanner } from "./scanners.ts";
import { TokenBuckets } from "./token-buckets.ts";

export interface GateRules {
  /** Messages a second from one address (IPv6: from one /64); 0: as many as come. */
  readonly rate: number;
  /** Messages at once, by who was quiet before. */
  readonly burst: number;
  /** Accepted connections in all, whether they have got as far as SIP or not. */
  readonly connections: number;
  /** Those of one address. */
  readonly connectionsOfOne: number;
  /** Who may send and connect as much as it likes, within `connections`. */
  readonly trusted: Networks;
  /** Scanners get no answer. */
  readonly dropScanners: boolean;
}

/** Who may come in, and how fast: one sender must not cost the others their service. */
export class Gate {
  readonly #rules: GateRules;
  readonly #events: Emitter<TransportEvents>;
  readonly #buckets: TokenBuckets | undefined;
  readonly #connections = new Map<string, number>();
  #open = 0;

  constructor(rules: GateRules, clock: Clock, events: Emitter<TransportEvents>) {
    this.#rules = rules;
    this.#events = events;
    if (rules.rate > 0) this.#buckets = new TokenBuckets(clock, rules);
  }

  /** Accepted connections that are open, those in a handshake included. */
  get connections(): number {
    return this.#open;
  }

  /** True when a datagram from `host` may be read. */
  admits(host: string, protocol: Protocol): boolean {
    if (!this.#buckets || this.#rules.trusted.contains(host) || this.#buckets.take(sourceOf(host))) return true;
    return this.#refuse("rate", protocol, host);
  }

  /**
   * A message came on a connection from `host`. Returns the milliseconds that nothing more is to be read from it;
   * `undefined`: it goes on sending as fast as ever and is to be closed.
   */
  rest(host: string, protocol: Protocol): number | undefined {
    if (!this.#buckets || this.#rules.trusted.contains(host)) return 0;
    const ms = this.#buckets.charge(sourceOf(host));
    if (ms > 0) this.#refuse("rate", protocol, host);
    return ms > (this.#rules.burst * 1000) / this.#rules.rate ? undefined : ms;
  }

  /** Counts an accepted connection until it is closed; ends it at once when there are too many. */
  enter(socket: Socket, protocol: Protocol): void {
    const host = socket.remoteAddress ?? "";
    const source = sourceOf(host);
    const ofOne = this.#connections.get(source) ?? 0;
    const trusted = this.#rules.trusted.contains(host);
    const full = this.#open >= this.#rules.connections;
    if (full || (!trusted && ofOne >= this.#rules.connectionsOfOne)) {
      socket.destroy();
      return void this.#refuse(full ? "connections" : "connections-of-one", protocol, host);
    }
    this.#open++;
    this.#connections.set(source, ofOne + 1);
    socket.once("close", () => this.#left(source));
  }

  /** True for a message that gets no answer. */
  drops(message: SipMessage, protocol: Protocol, host: string): boolean {
    return this.#rules.dropScanners && isScanner(message) && !this.#refuse("scanner", protocol, host);
  }

  #left(source: string): void {
    this.#open--;
    const others = (this.#connections.get(source) ?? 1) - 1;
    if (others > 0) this.#connections.set(source, others);
    else this.#connections.delete(source);
  }

  #refuse(why: Refusal, protocol: Protocol, host: string): false {
    this.#events.emit("refused", why, protocol, host);
    return false;
  }
}
