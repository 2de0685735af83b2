import type { Clock, Timer } from "../../base/clock.ts";
import type { Emitter } from "../../base/emitter.ts";
import type { SipMessage } from "../../sip-syntax/message.ts";
import type { Direction, Endpoint, Flaw, Flow, Listener, TransportEvents, TransportLimits } from "./flow.ts";
import type { Gate } from "./gate.ts";
import { addressFor } from "./listener-choice.ts";

/** What every connection is made with. */
export interface ConnectionContext {
  readonly events: Emitter<TransportEvents>;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly gate: Gate;
}

/** Which connection it is: from where to where, and who made it. */
export interface ConnectionEnds {
  readonly listener: Listener;
  readonly remote: Endpoint;
  readonly accepted: boolean;
}

/** What TCP, TLS and WebSocket connections have in common: they are kept alive, and close and say so once. */
export abstract class Connection implements Flow {
  readonly listener: Listener;
  readonly remote: Endpoint;
  readonly address: Endpoint;
  readonly accepted: boolean;
  readonly reliable = true;
  protected readonly events: Emitter<TransportEvents>;
  protected readonly limits: TransportLimits;
  protected readonly clock: Clock;
  readonly #gate: Gate;
  #open = true;
  /** Nothing is read until it fires. */
  #resting: Timer | undefined;
  /** When a message passed last, in either direction. */
  #used: number;
  #spoken = false;
  #pinged: number | undefined;
  #pingedLast: number;

  constructor({ listener, remote, accepted }: ConnectionEnds, { events, limits, clock, gate }: ConnectionContext) {
    this.listener = listener;
    this.remote = remote;
    this.address = addressFor(listener, remote.host);
    this.accepted = accepted;
    this.events = events;
    this.limits = limits;
    this.clock = clock;
    this.#gate = gate;
    this.#used = this.#pingedLast = clock.monotonic();
  }

  get open(): boolean {
    return this.#open;
  }

  /** True when its peer is proven to be `name`, a domain or an address. */
  abstract proves(name: string): boolean;

  abstract send(bytes: Buffer, failed: () => void): void;

  /** Ends the connection at once. */
  abstract destroy(): void;

  /** Closes what is idle or dead, and keeps the rest alive. Called now and then. */
  tend(): void {
    const now = this.clock.monotonic();
    const { idleMs, silentMs, keepAliveMs, pongMs } = this.limits;
    const silent = this.accepted && !this.#spoken;
    const dead = this.#pinged !== undefined && this.mustAnswerPings && now - this.#pinged >= pongMs;
    if (dead || now - this.#used >= (silent ? Math.min(silentMs, idleMs) : idleMs)) return this.destroy();
    if (!this.pings || now - this.#pingedLast < keepAliveMs) return;
    this.#pinged ??= now;
    this.#pingedLast = now;
    this.ping();
  }

  /** True when this end is the one that sends keep-alives. */
  protected abstract readonly pings: boolean;

  /** False for a peer that is not known to answer them. */
  protected abstract readonly mustAnswerPings: boolean;

  protected abstract ping(): void;

  protected ponged(): void {
    this.#pinged = undefined;
  }

  /** Reads no more from the socket, or reads on. */
  protected abstract read(on: boolean): void;

  /** True while what has begun is not read to its end, so that it is not the peer who is slow. */
  protected get resting(): boolean {
    return this.#resting !== undefined;
  }

  /** A message came. Whoever sends too many is read more slowly, and closed when that does not help. */
  protected arrived(message: SipMessage, bytes: Buffer, flaw?: Flaw): void {
    const [{ protocol }, { host }] = [this.listener, this.remote];
    if (this.#gate.drops(message, protocol, host)) return this.destroy();
    this.passing("in", bytes);
    this.events.emit("arrival", { message, flow: this, size: bytes.length, ...(flaw && { flaw }) });
    const ms = this.accepted && this.#open ? this.#gate.rest(host, protocol) : 0;
    if (ms === undefined) this.destroy();
    else if (ms > 0) this.#rest(ms);
  }

  #rest(ms: number): void {
    this.#resting?.cancel();
    this.#resting = this.clock.after(ms, () => {
      this.#resting = undefined;
      this.read(true);
    });
    this.read(false);
  }

  protected passing(direction: Direction, bytes: Buffer): void {
    this.used();
    this.events.emit("passing", direction, this, bytes);
  }

  /** A message passed, or the peer sent a keep-alive. */
  protected used(): void {
    this.#used = this.clock.monotonic();
    this.#spoken = true;
  }

  protected closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#resting?.cancel();
    this.events.emit("closed", this);
  }

  /** RFC 3261 18.3 leaves no way to find the next message: the sender loses its connection. */
  protected garbage(): void {
    if (!this.#open) return;
    this.events.emit("garbage", this.listener.protocol);
    this.destroy();
  }
}
