import type { Clock, Timer } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { isRecord } from "../base/json.ts";
import type { Bus, Subscription, Topic } from "./bus.ts";

/** A node that has said nothing for this long is gone; milliseconds. */
export const leaseMs = 5_000;
const renewMs = 1_000;

interface Sign {
  readonly node: string;
  readonly is: "here" | "leaving";
  /** Its SIP server. */
  readonly server?: string;
}

const signs: Topic<Sign> = {
  name: "nodes",
  is: (value): value is Sign =>
    isRecord(value) &&
    typeof value.node === "string" &&
    (value.is === "here" || value.is === "leaving") &&
    (value.server === undefined || typeof value.server === "string"),
};

export interface NodesEvents {
  /** Another node is here, for the first time or again. */
  joined: [node: string];
  /** It said so, or said nothing for the time of its lease. */
  gone: [node: string];
}

/**
 * Which other nodes there are. Each says once a second that it is here, which is good for five. While none can be
 * reached nobody is judged.
 */
export class Nodes extends Emitter<NodesEvents> {
  readonly #bus: Bus;
  readonly #clock: Clock;
  /** Of each other node: when its lease is over, by the clock that never jumps. */
  readonly #leases = new Map<string, number>();
  readonly #servers = new Map<string, string>();
  readonly #server: string | undefined;
  readonly #subscription: Subscription;
  readonly #timer: Timer;
  readonly #off: () => void;
  #wasUp: boolean;

  /** `server`: which SIP server this node has. */
  constructor(bus: Bus, clock: Clock, server?: string) {
    super();
    this.#server = server;
    this.#bus = bus;
    this.#clock = clock;
    this.#wasUp = bus.isUp;
    this.#subscription = bus.subscribe(signs, (sign) => this.#heard(sign));
    this.#off = bus.on("missed", () => this.#renewAll());
    this.#timer = clock.every(renewMs, () => this.#turn());
    void this.#subscription.ready.then(() => this.#say("here"));
  }

  get others(): readonly string[] {
    return [...this.#leases.keys()];
  }

  /** The SIP server of a node; still known while it is told that the node is gone. */
  serverOf(node: string): string | undefined {
    return this.#servers.get(node);
  }

  /** A node that is there and has that SIP server. */
  nodeOf(server: string): string | undefined {
    return this.others.find((node) => this.#servers.get(node) === server);
  }

  /** Tells the others that this node goes. */
  leave(): void {
    this.#timer.cancel();
    this.#off();
    this.#subscription.close();
    this.#say("leaving");
    this.removeAllListeners();
  }

  #say(is: Sign["is"]): void {
    const server = this.#server;
    void this.#bus.send(signs, { node: this.#bus.node, is, ...(server !== undefined && { server }) });
  }

  #heard({ node, is, server }: Sign): void {
    if (node === this.#bus.node) return;
    if (is === "leaving") return this.#lost(node);
    if (server !== undefined) this.#servers.set(node, server);
    const known = this.#leases.has(node);
    this.#leases.set(node, this.#clock.monotonic() + leaseMs);
    if (known) return;
    // So that who came does not wait for the next second.
    this.#say("here");
    this.emit("joined", node);
  }

  #turn(): void {
    const { isUp } = this.#bus;
    if (isUp && !this.#wasUp) this.#renewAll();
    this.#wasUp = isUp;
    if (!isUp) return;
    this.#say("here");
    const now = this.#clock.monotonic();
    for (const [node, until] of [...this.#leases]) if (until <= now) this.#lost(node);
  }

  /** Nobody could have been heard. */
  #renewAll(): void {
    for (const node of this.#leases.keys()) this.#leases.set(node, this.#clock.monotonic() + leaseMs);
  }

  #lost(node: string): void {
    if (this.#leases.delete(node)) this.emit("gone", node);
    this.#servers.delete(node);
  }
}
