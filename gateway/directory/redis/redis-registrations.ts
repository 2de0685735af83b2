import type { Clock, Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { messageOf } from "../../base/errors.ts";
import { InTurn } from "../../base/in-turn.ts";
import { isRecord } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import type { Bus, Subscription, Topic } from "../bus.ts";
import type { Nodes } from "../nodes.ts";
import type { Binding, RegistrationEvents, Registrations } from "../registrations.ts";
import { StoreError } from "../store-error.ts";
import { userKey, type UserId } from "../user-id.ts";
import type { RedisConnection } from "./connection.ts";
import { StoredBindings, type ReadBindings } from "./stored-bindings.ts";

export interface RedisRegistrationsParts {
  readonly connection: RedisConnection;
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
  /** This node's bindings, with their timers; closed by whoever made them. */
  readonly own: Registrations;
  /** This node's SIP server: the same name after a restart. */
  readonly server: string;
  /** Ours. */
  readonly domains: readonly string[];
  /** Whether a binding that an earlier process wrote down still holds: its connection may have gone. */
  holds(binding: Binding): boolean;
}

/** The bindings of a user have changed at the node that tells. */
const topic: Topic<UserId> = {
  name: "registrations",
  is: (value): value is UserId => isRecord(value) && typeof value.domain === "string" && typeof value.name === "string",
};

/** What could not be written is tried again after this time, in milliseconds. */
const againMs = 2_000;

/**
 * Bindings of all nodes. Each node keeps its own in memory and writes them down, so that its phones are reached, and may
 * register, while Redis is away; others see them, and it finds them again after it was killed. Phones of a SIP server
 * that no node has are not there.
 */
export class RedisRegistrations extends Emitter<RegistrationEvents> implements Registrations {
  readonly #parts: RedisRegistrationsParts;
  readonly #stored: StoredBindings;
  readonly #turns = new InTurn();
  /** Of other servers, as last read. */
  readonly #far = new Map<string, { readonly user: UserId; readonly bindings: readonly Binding[] }>();
  readonly #unwritten = new Map<string, UserId>();
  readonly #waiting = new Map<string, { tell: boolean; done: Promise<void> }>();
  readonly #subscription: Subscription;
  readonly #offs: readonly (() => void)[];
  #again: Timer | undefined;
  #restored = false;
  #closed = false;

  constructor(parts: RedisRegistrationsParts) {
    super();
    this.#parts = parts;
    this.#stored = new StoredBindings(parts);
    const { own, bus, nodes, connection } = parts;
    this.#subscription = bus.subscribe(topic, (user, { node }) => {
      if (node !== bus.node) void this.#reread(user);
    });
    this.#offs = [
      own.on("changed", (user) => {
        this.emit("changed", user, true);
        void this.#write(user, true);
      }),
      nodes.on("joined", (node) => this.#came(node)),
      nodes.on("gone", (node) => this.#came(node)),
      bus.on("missed", () => void this.#readAll()),
      connection.on("up", () => void this.#back()),
    ];
  }

  get size(): number {
    return this.#parts.own.size;
  }

  /** Finds what an earlier process wrote down of this SIP server's phones; while Redis is away, once it is back. */
  async restore(): Promise<void> {
    try {
      for (const user of await this.#users()) await this.#restore(user);
      this.#restored = true;
    } catch (fault) {
      this.#parts.log.warn("registrations not restored", { fault: messageOf(fault) });
    }
  }

  here(user: UserId): Promise<readonly Binding[]> {
    return this.#parts.own.here(user);
  }

  async list(user: UserId): Promise<readonly Binding[]> {
    const far = await this.#farOf(user);
    const own = await this.here(user);
    const known = new Set(own.map(({ contact }) => contact));
    const { nodes } = this.#parts;
    const there = far.filter(({ contact, server = "" }) => !known.has(contact) && nodes.nodeOf(server) !== undefined);
    return [...own, ...there].sort((a, b) => b.q - a.q);
  }

  async put(user: UserId, binding: Binding): Promise<void> {
    await this.#parts.own.put(user, { ...binding, at: this.#parts.clock.now() });
    await this.#write(user);
  }

  async remove(user: UserId, contact: string): Promise<void> {
    await this.#parts.own.remove(user, contact);
    await this.#waiting.get(userKey(user))?.done;
  }

  async online(domain: string): Promise<readonly { readonly user: UserId; readonly phones: number }[]> {
    const own = (await this.#parts.own.online(domain)).map(({ user }) => user);
    const known = [...this.#far.values()].map(({ user }) => user).filter((user) => user.domain === domain);
    const written = await this.#stored.users(domain).catch((): readonly UserId[] => []);
    const counted = await Promise.all(
      distinct([...own, ...known, ...written]).map(async (user) => ({ user, phones: (await this.list(user)).length })),
    );
    return counted.filter(({ phones }) => phones > 0);
  }

  /** What is not written then stays unwritten. */
  close(): void {
    this.#closed = true;
    this.#again?.cancel();
    this.#subscription.close();
    for (const off of this.#offs) off();
    this.removeAllListeners();
  }

  async #restore(user: UserId): Promise<void> {
    const { own, holds } = this.#parts;
    const read = await this.#read(user);
    const known = new Set((await own.here(user)).map(({ contact }) => contact));
    const found = read.own.filter((binding) => holds(binding) && !known.has(binding.contact));
    for (const { server: _mine, ...binding } of found) await own.put(user, binding);
    if (found.length < read.own.length) await this.#write(user, true);
  }

  async #farOf(user: UserId): Promise<readonly Binding[]> {
    try {
      return (await this.#read(user)).far;
    } catch (fault) {
      if (!(fault instanceof StoreError)) throw fault;
      const now = this.#parts.clock.now();
      return (this.#far.get(userKey(user))?.bindings ?? []).filter(({ expiresAt }) => expiresAt > now);
    }
  }

  async #read(user: UserId): Promise<ReadBindings> {
    const read = await this.#stored.read(user);
    if (read.far.length > 0) this.#far.set(userKey(user), { user, bindings: read.far });
    else this.#far.delete(userKey(user));
    return read;
  }

  /** What is asked for before it begins is done at once. `tell`: others have to know. Never rejects. */
  #write(user: UserId, tell = false): Promise<void> {
    const key = userKey(user);
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.tell ||= tell;
    if (waiting) return waiting.done;
    const write = { tell, done: Promise.resolve() };
    this.#waiting.set(key, write);
    write.done = this.#turns.run(key, async () => {
      this.#waiting.delete(key);
      try {
        await this.#writeNow(user);
        if (write.tell && !this.#closed) this.#parts.bus.publish(topic, user);
      } catch (fault) {
        this.#parts.log.debug("registration not written", { fault: messageOf(fault) });
        this.#unwritten.set(key, user);
        if (!this.#closed) this.#again ??= this.#parts.clock.after(againMs, () => void this.#writeUnwritten());
      }
    });
    return write.done;
  }

  async #writeNow(user: UserId): Promise<void> {
    const { own } = this.#parts;
    const lost = await this.#stored.write(user, await own.here(user));
    this.#unwritten.delete(userKey(user));
    // The phone has registered with another server since.
    for (const contact of lost) await own.remove(user, contact);
  }

  /** Redis may have been away from the start on, and may have lost what was written. */
  async #back(): Promise<void> {
    const wasRestored = this.#restored;
    if (!wasRestored) await this.restore();
    for (const domain of this.#parts.domains)
      for (const { user } of await this.#parts.own.online(domain)) this.#unwritten.set(userKey(user), user);
    await this.#writeUnwritten();
    if (!wasRestored) await this.#readAll();
  }

  async #writeUnwritten(): Promise<void> {
    this.#again?.cancel();
    this.#again = undefined;
    for (const user of [...this.#unwritten.values()]) await this.#write(user, true);
  }

  /** Another node says that they changed. */
  async #reread(user: UserId): Promise<void> {
    try {
      const { far } = await this.#read(user);
      const own = await this.here(user);
      // A contact that both have is with whom it came to later.
      if (own.some(({ contact }) => far.some((one) => one.contact === contact))) await this.#write(user);
    } catch (fault) {
      this.#parts.log.debug("registrations not read", { fault: messageOf(fault) });
    }
    if (!this.#closed) this.emit("changed", user, false);
  }

  async #readAll(): Promise<void> {
    const written = await this.#users().catch((): readonly UserId[] => []);
    const known = [...this.#far.values()].map(({ user }) => user);
    for (const user of distinct([...written, ...known])) if (!this.#closed) await this.#reread(user);
  }

  /** The phones of its SIP server can be reached from now on, or cannot any more. */
  #came(node: string): void {
    const server = this.#parts.nodes.serverOf(node);
    for (const { user, bindings } of [...this.#far.values()])
      if (bindings.some((binding) => binding.server === server)) this.emit("changed", user, false);
  }

  async #users(): Promise<readonly UserId[]> {
    return (await Promise.all(this.#parts.domains.map((domain) => this.#stored.users(domain)))).flat();
  }
}

const distinct = (users: readonly UserId[]): readonly UserId[] => [
  ...new Map(users.map((user) => [userKey(user), user])).values(),
];
