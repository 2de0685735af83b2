import { Emitter } from "../base/emitter.ts";
import { isRecord } from "../base/json.ts";
import type { Bus, Subscription, Topic } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";

/** Users are `name@domain`. */
type Told =
  | { readonly is: "ask" }
  /** All who talk in calls of a node. */
  | { readonly is: "all"; readonly users: readonly string[] }
  | { readonly is: "changed"; readonly user: string; readonly talks: boolean };

const topic: Topic<Told> = {
  name: "talking",
  is: (value): value is Told =>
    isRecord(value) &&
    (value.is === "ask" ||
      (value.is === "all" && Array.isArray(value.users) && value.users.every((user) => typeof user === "string")) ||
      (value.is === "changed" && typeof value.user === "string" && typeof value.talks === "boolean")),
};

export interface TalkingElsewhereParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  /** Who talks in calls of this node. */
  own(): readonly UserId[];
}

/** Who talks in calls of other nodes. Each node tells what changes in its own, and all of them when it is asked. */
export class TalkingElsewhere extends Emitter<{ changed: [UserId] }> {
  readonly #parts: TalkingElsewhereParts;
  readonly #byNode = new Map<string, Set<string>>();
  readonly #subscription: Subscription;
  readonly #offs: readonly (() => void)[];

  constructor(parts: TalkingElsewhereParts) {
    super();
    this.#parts = parts;
    const { bus, nodes } = parts;
    this.#subscription = bus.subscribe(topic, (told, { node }) => {
      if (node !== bus.node) this.#heard(told, node);
    });
    void this.#subscription.ready.then(() => this.#tell({ is: "ask" }));
    this.#offs = [
      nodes.on("gone", (node) => this.#now(node, [])),
      bus.on("missed", () => {
        this.#tellAll();
        this.#tell({ is: "ask" });
      }),
    ];
  }

  has(user: UserId): boolean {
    const name = printUserId(user);
    return [...this.#byNode.values()].some((users) => users.has(name));
  }

  /** A user of this node's calls began to talk, or does no longer. */
  changed(user: UserId, talks: boolean): void {
    // Who comes asks for all.
    if (this.#parts.nodes.others.length > 0) this.#tell({ is: "changed", user: printUserId(user), talks });
  }

  close(): void {
    this.#subscription.close();
    for (const off of this.#offs) off();
    this.removeAllListeners();
  }

  #tell(told: Told): void {
    this.#parts.bus.publish(topic, told);
  }

  #tellAll(): void {
    this.#tell({ is: "all", users: this.#parts.own().map(printUserId) });
  }

  #heard(told: Told, node: string): void {
    if (told.is === "ask") return this.#tellAll();
    if (told.is === "all") return this.#now(node, told.users);
    const users = new Set(this.#byNode.get(node));
    if (told.talks) users.add(told.user);
    else users.delete(told.user);
    this.#now(node, [...users]);
  }

  #now(node: string, users: readonly string[]): void {
    const [before, now] = [this.#byNode.get(node) ?? new Set<string>(), new Set(users)];
    if (now.size > 0) this.#byNode.set(node, now);
    else this.#byNode.delete(node);
    for (const user of new Set([...before, ...now])) {
      const id = before.has(user) === now.has(user) ? undefined : parseUserId(user);
      if (id) this.emit("changed", id);
    }
  }
}
