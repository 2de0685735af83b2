import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Cause } from "../call/cause.ts";
import type { LegId } from "../call/leg.ts";
import type { Bus, Subscription } from "../directory/bus.ts";
import { NodeQuestions } from "../directory/node-questions.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { UserId } from "../directory/user-id.ts";
import { legsQuestion, toHost, toOwner, type FoundLeg, type LegsAnswer, type LegsQuestion } from "./leg-letters.ts";
import { RemoteLeg } from "./remote-leg.ts";

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

/** Legs at other nodes: which there are for a user, and those that this node's calls have. */
export class Elsewhere {
  readonly #parts: ElsewhereParts;
  readonly #questions: NodeQuestions<LegsQuestion, LegsAnswer>;
  readonly #legs = new Map<LegId, RemoteLeg>();
  readonly #subscription: Subscription;
  readonly #offs: readonly (() => void)[];

  constructor(parts: ElsewhereParts) {
    this.#parts = parts;
    const { bus, nodes } = parts;
    this.#questions = new NodeQuestions(legsQuestion, parts);
    this.#subscription = bus.subscribe(toOwner(bus.node), ({ leg: id, frame }, { node }) => {
      const leg = this.#legs.get(id);
      if (leg?.node === node) return frame ? leg.take(frame) : leg.lost(notKnown);
      if (frame) void bus.send(toHost(node), { leg: id });
    });
    this.#offs = [nodes.on("gone", (node) => this.#gone(node)), bus.on("missed", () => this.#repeat())];
  }

  /** Legs of calls of this node: back to 0 when no such call is up. */
  get size(): number {
    return this.#legs.size;
  }

  /** Undefined when there is no other node that could be asked: then nobody waits. `except`: the session that calls. */
  find({ domain, name }: UserId, except?: string): Promise<FoundElsewhere> | undefined {
    const answers = this.#questions.ask({ domain, name, ...(except !== undefined && { except }) });
    return answers?.then((said) => this.#found(said));
  }

  /** A leg of a call here goes on at another node, which is awaited: it says so by a frame. */
  follow(found: FoundLeg, node: string): RemoteLeg {
    const leg = this.#leg(found, node);
    leg.follow();
    return leg;
  }

  close(): void {
    this.#questions.close();
    this.#subscription.close();
    for (const off of this.#offs) off();
    for (const leg of [...this.#legs.values()]) leg.lost(nodeGone);
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
    for (const leg of [...this.#legs.values()]) if (leg.node === node) leg.lost(nodeGone);
  }

  #repeat(): void {
    for (const leg of this.#legs.values()) leg.repeat();
  }
}
