import type { Clock, Timer } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import type { Cause } from "../call/cause.ts";
import type { Leg, LegId } from "../call/leg.ts";
import type { Bus, Subscription } from "../directory/bus.ts";
import { answerNodes } from "../directory/node-questions.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { UserId } from "../directory/user-id.ts";
import { HostedLeg } from "./hosted-leg.ts";
import { legsQuestion, toHost, toOwner, type FoundLeg, type LegsAnswer, type LegsQuestion } from "./leg-letters.ts";

/** A leg of this node, and of a softphone its Contact. */
export interface OwnLeg {
  readonly leg: Leg;
  readonly contact?: string;
}

export interface LegHostParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  /** A new leg for each page and softphone of the user that is reached from here. */
  legsOf(user: UserId, except?: string): Promise<readonly OwnLeg[]>;
  isUndisturbed(user: UserId): boolean;
}

/** How long legs that another node was told of wait for its first command; milliseconds. */
const heldMs = 10_000;

const ownerGone: Cause = { code: "network-lost", text: "the node that had the call is gone" };

/** The legs of this node that calls of other nodes have. Each obeys the node that asked for it, and no other. */
export class LegHost {
  readonly #parts: LegHostParts;
  readonly #legs = new Map<LegId, HostedLeg>();
  readonly #timers = new Set<Timer>();
  readonly #subscriptions: readonly Subscription[];
  readonly #offs: readonly (() => void)[];

  constructor(parts: LegHostParts) {
    this.#parts = parts;
    const { bus, nodes } = parts;
    this.#subscriptions = [
      answerNodes(legsQuestion, bus, (question, node) => this.#answer(question, node)),
      bus.subscribe(toHost(bus.node), ({ leg: id, frame }, { node }) => {
        const leg = this.#legs.get(id);
        if (leg?.owner === node) return frame ? leg.take(frame) : leg.end(ownerGone);
        if (frame) void bus.send(toOwner(node), { leg: id });
      }),
    ];
    this.#offs = [
      nodes.on("gone", (node) => {
        for (const leg of [...this.#legs.values()]) if (leg.owner === node) leg.end(ownerGone);
      }),
      bus.on("missed", () => {
        for (const leg of this.#legs.values()) leg.repeat();
      }),
    ];
  }

  /** Legs that were rung for other nodes: back to 0 when no such call is up. */
  get size(): number {
    return [...this.#legs.values()].filter(({ isOpen }) => isOpen).length;
  }

  /** A leg that goes on here; its call goes on at `owner`, which waits for it. */
  adopt(leg: Leg, owner: string, id: LegId): void {
    this.#host(leg, owner, id).adopted();
  }

  /** The gateway stops: their owners are told. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    for (const off of this.#offs) off();
    for (const timer of this.#timers) timer.cancel();
    for (const leg of [...this.#legs.values()]) leg.stop({ code: "stopping" });
  }

  async #answer({ domain, name, except }: LegsQuestion, owner: string): Promise<LegsAnswer> {
    const { legsOf, isUndisturbed } = this.#parts;
    const user = { domain, name };
    const legs = await legsOf(user, except).catch((): readonly OwnLeg[] => []);
    const found = legs.map((own) => this.#hold(own, owner));
    this.#dropUnasked(found);
    return { legs: found, undisturbed: isUndisturbed(user) };
  }

  #host(leg: Leg, owner: string, id: LegId): HostedLeg {
    const { bus, clock } = this.#parts;
    const hosted = new HostedLeg(leg, owner, {
      clock,
      send: (frame) => void bus.send(toOwner(owner), { leg: id, frame }),
      closed: () => void this.#legs.delete(id),
    });
    this.#legs.set(id, hosted);
    return hosted;
  }

  #hold({ leg, contact }: OwnLeg, owner: string): FoundLeg {
    const id = uuid() as LegId;
    this.#host(leg, owner, id);
    const { kind, party, codecs, wire, network, away } = leg;
    return {
      leg: id,
      kind,
      party,
      ...(codecs && { codecs }),
      ...(wire && { wire }),
      ...(network !== undefined && { network }),
      ...(away && { away }),
      ...(contact !== undefined && { contact }),
    };
  }

  /** A leg that was never commanded holds nothing. */
  #dropUnasked(found: readonly FoundLeg[]): void {
    if (found.length === 0) return;
    const timer = this.#parts.clock.after(heldMs, () => {
      this.#timers.delete(timer);
      for (const { leg } of found) if (!this.#legs.get(leg)?.isOpen) this.#legs.delete(leg);
    });
    this.#timers.add(timer);
  }
}
