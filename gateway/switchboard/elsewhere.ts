import type { Clock } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import type { Cause } from "../call/cause.ts";
import type { LegId } from "../call/leg.ts";
import type { Bus, Subscription } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { UserId } from "../directory/user-id.ts";
import { answersTo, questions, toHost, toOwner, type FoundLeg, type LegsAnswer } from "./leg-letters.ts";
import { RemoteLeg } from "./remote-leg.ts";

/** How long other nodes have to say who can be rung there; milliseconds. */
const answerMs = 300;

const nodeGone: Cause = { code: "network-lost", text: "its node is gone" };
const notKnown: Cause = { code: "network-lost", text: "its node does not know it" };

export interface ElsewhereParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What other nodes have of a user. */
export interface FoundElsewhere {
  readonly legs: readonly RemoteLeg[];
  /** Contacts of the softphones among them. */
  readonly contacts: ReadonlyMap<RemoteLeg, string>;
  readonly undisturbed: boolean;
}

interface Asking {
  readonly waitedFor: Set<string>;
  readonly answers: Map<string, LegsAnswer>;
  done(): void;
}

/** Legs at other nodes: which there are for a user, and those that this node's calls have. */
export class Elsewhere {
  readonly #parts: ElsewhereParts;
  readonly #asking = new Map<string, Asking>();
  readonly #legs = new Map<LegId, RemoteLeg>();
  /** Nodes that did not answer in time: not waited for again before they have answered something. */
  readonly #silent = new Set<string>();
  readonly #subscriptions: readonly Subscription[];
  readonly #offs: readonly (() => void)[];

  constructor(parts: ElsewhereParts) {
    this.#parts = parts;
    const { bus, nodes } = parts;
    this.#subscriptions = [
      bus.subscribe(answersTo(bus.node), (answer, { node }) => this.#answered(answer, node)),
      bus.subscribe(toOwner(bus.node), ({ leg: id, frame }, { node }) => {
        const leg = this.#legs.get(id);
        if (leg?.node === node) return frame ? leg.take(frame) : leg.lost(notKnown);
        if (frame) void bus.send(toHost(node), { leg: id });
      }),
    ];
    this.#offs = [nodes.on("gone", (node) => this.#gone(node)), bus.on("missed", () => this.#repeat())];
  }

  /** Legs of calls of this node: back to 0 when no such call is up. */
  get size(): number {
    return this.#legs.size;
  }

  /** Undefined when there is no other node that could be asked: then nobody waits. `except`: the session that calls. */
  find({ domain, name }: UserId, except?: string): Promise<FoundElsewhere> | undefined {
    const { bus, nodes, clock } = this.#parts;
    const { others } = nodes;
    if (others.length === 0 || !bus.isUp) return undefined;
    return new Promise((resolve) => {
      const ask = uuid();
      const answers = new Map<string, LegsAnswer>();
      const done = (): void => {
        if (!this.#asking.delete(ask)) return;
        timer.cancel();
        resolve(this.#found(answers));
      };
      const waitedFor = new Set(others.filter((node) => !this.#silent.has(node)));
      const timer = clock.after(answerMs, () => {
        for (const node of waitedFor) this.#silent.add(node);
        this.#parts.log.warn("nodes did not say who can be rung there", { nodes: waitedFor.size });
        done();
      });
      this.#asking.set(ask, { waitedFor, answers, done });
      void bus.send(questions, { ask, domain, name, ...(except !== undefined && { except }) });
      if (waitedFor.size === 0) done();
    });
  }

  /** A leg of a call here goes on at another node, which is awaited: it says so by a frame. */
  follow(found: FoundLeg, node: string): RemoteLeg {
    const leg = this.#leg(found, node);
    leg.follow();
    return leg;
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    for (const off of this.#offs) off();
    for (const { done } of [...this.#asking.values()]) done();
    for (const leg of [...this.#legs.values()]) leg.lost(nodeGone);
  }

  #answered(answer: LegsAnswer, node: string): void {
    this.#silent.delete(node);
    const asking = this.#asking.get(answer.ask);
    asking?.answers.set(node, answer);
    this.#notWaitedFor(asking, node);
  }

  #notWaitedFor(asking: Asking | undefined, node: string): void {
    if (asking?.waitedFor.delete(node) && asking.waitedFor.size === 0) asking.done();
  }

  #found(answers: ReadonlyMap<string, LegsAnswer>): FoundElsewhere {
    const contacts = new Map<RemoteLeg, string>();
    const legs = [...answers].flatMap(([node, answer]) =>
      answer.legs.map((found) => {
        const leg = this.#leg(found, node);
        if (found.contact !== undefined) contacts.set(leg, found.contact);
        return leg;
      }),
    );
    return { legs, contacts, undisturbed: [...answers.values()].some(({ undisturbed }) => undisturbed) };
  }

  #leg(found: FoundLeg, node: string): RemoteLeg {
    const { bus, nodes, clock } = this.#parts;
    return new RemoteLeg(found, node, {
      clock,
      send: (frame) => void bus.send(toHost(node), { leg: found.leg, frame }),
      opened: (leg) => {
        this.#legs.set(leg.id, leg);
        if (leg.isThere && !nodes.others.includes(node)) queueMicrotask(() => leg.lost(nodeGone));
      },
      closed: (leg) => void this.#legs.delete(leg.id),
    });
  }

  #gone(node: string): void {
    this.#silent.delete(node);
    for (const asking of [...this.#asking.values()]) this.#notWaitedFor(asking, node);
    for (const leg of [...this.#legs.values()]) if (leg.node === node) leg.lost(nodeGone);
  }

  #repeat(): void {
    for (const leg of this.#legs.values()) leg.repeat();
  }
}
