import { isRecord } from "../base/json.ts";
import type { Bus, Subscription, Topic } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { BoardEvent } from "../protocol/server-frame.ts";
import type { BoardSeat } from "../protocol/whiteboard-values.ts";

type Told =
  /** To all pages that have the board open. */
  | { readonly is: "event"; readonly event: BoardEvent }
  /** Who has it open at the node that tells. */
  | { readonly is: "here"; readonly seats: readonly BoardSeat[] }
  /** Who has it open at yours? */
  | { readonly is: "ask" }
  /** The user is not of the board any more. */
  | { readonly is: "left"; readonly user: string };

const topicOf = (key: string): Topic<Told> => ({
  name: `board/${key}`,
  is: (value): value is Told =>
    isRecord(value) &&
    (value.is === "ask" ||
      (value.is === "event" && isRecord(value.event)) ||
      (value.is === "here" && Array.isArray(value.seats)) ||
      (value.is === "left" && typeof value.user === "string")),
});

export interface FarSeatsParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
}

/** What a board asks of its seats at this node. */
export interface FarSeatsSurroundings {
  own(): readonly BoardSeat[];
  /** Something happened at another node. */
  event(event: BoardEvent): void;
  /** Others have it open than before. */
  changed(): void;
  left(user: string): void;
  /** Changes may have been missed. */
  missed(): void;
}

/** Who has one board open at other nodes, and what happens there. Only nodes with seats of it are told. */
export class FarSeats {
  readonly #parts: FarSeatsParts;
  readonly #around: FarSeatsSurroundings;
  readonly #topic: Topic<Told>;
  readonly #byNode = new Map<string, readonly BoardSeat[]>();
  readonly #subscription: Subscription;
  readonly #offs: readonly (() => void)[];

  constructor(key: string, parts: FarSeatsParts, around: FarSeatsSurroundings) {
    this.#parts = parts;
    this.#around = around;
    this.#topic = topicOf(key);
    const { bus, nodes } = parts;
    this.#subscription = bus.subscribe(this.#topic, (told, { node }) => {
      if (node !== bus.node) this.#heard(told, node);
    });
    void this.#subscription.ready.then(() => this.#tell({ is: "ask" }));
    this.#offs = [
      nodes.on("gone", (node) => this.#now(node, [])),
      bus.on("missed", () => {
        this.share();
        this.#tell({ is: "ask" });
        around.missed();
      }),
    ];
  }

  get seats(): readonly BoardSeat[] {
    return [...this.#byNode.values()].flat();
  }

  /** Tells others who has it open here. */
  share(): void {
    this.#tell({ is: "here", seats: this.#around.own() });
  }

  event(event: BoardEvent): void {
    this.#tell({ is: "event", event });
  }

  close(): void {
    this.#subscription.close();
    for (const off of this.#offs) off();
  }

  #tell(told: Told): void {
    if (this.#parts.nodes.others.length > 0) this.#parts.bus.publish(this.#topic, told);
  }

  #heard(told: Told, node: string): void {
    switch (told.is) {
      case "ask":
        return this.share();
      case "here":
        return this.#now(node, told.seats);
      case "event":
        return this.#around.event(told.event);
      case "left":
        return this.#around.left(told.user);
    }
  }

  #now(node: string, seats: readonly BoardSeat[]): void {
    if (seats.length === 0 && !this.#byNode.has(node)) return;
    if (seats.length > 0) this.#byNode.set(node, seats);
    else this.#byNode.delete(node);
    this.#around.changed();
  }
}

/** Tells nodes that have it open that a user is not of the board any more. */
export function tellLeft({ bus, nodes }: FarSeatsParts, key: string, user: string): void {
  if (nodes.others.length > 0) bus.publish(topicOf(key), { is: "left", user });
}

/** To pages of other nodes that have the board open, from a node where nobody has. */
export function tellFar({ bus, nodes }: FarSeatsParts, key: string, event: BoardEvent): void {
  if (nodes.others.length > 0) bus.publish(topicOf(key), { is: "event", event });
}
