import assert from "node:assert/strict";
import { silentLogger } from "../../gateway/base/log.ts";
import { MemoryAccounts } from "../../gateway/directory/memory/memory-accounts.ts";
import { MemoryRegistrations } from "../../gateway/directory/memory/memory-registrations.ts";
import { parseUserId } from "../../gateway/directory/user-id.ts";
import type { Attendance } from "../../gateway/presence/attendance.ts";
import { Presence, type Arrival } from "../../gateway/presence/presence.ts";
import type { ServerEvent } from "../../gateway/protocol/server-frame.ts";
import { namesAndStatus, seenIn } from "./seen.ts";
import { settled } from "./settled.ts";
import { memoryNode } from "./memory-node.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** One session as presence sees it. */
export class Attendant {
  /** What it was told; empty when only counted. */
  readonly events: ServerEvent[] = [];
  frames = 0;
  readonly attendance: Attendance;

  constructor(presence: Presence, arrival: Omit<Arrival, "tell">, keeps: boolean) {
    this.attendance = presence.enter({
      ...arrival,
      tell: (event) => {
        this.frames += 1;
        if (keeps) this.events.push(event);
      },
    });
  }

  /** `name status` of all that it sees. */
  get sees(): string[] {
    return namesAndStatus(this.#contacts);
  }

  contact(name: string) {
    return this.#contacts.find(({ target }) => "user" in target && target.user.startsWith(`${name}@`));
  }

  get #contacts() {
    return seenIn(this.events.map((event, seq) => ({ ...event, seq })));
  }
}

/** Presence alone, without sessions and sockets. */
export class PresenceRig {
  readonly clock: VirtualClock;
  readonly registrations: MemoryRegistrations;
  readonly node;
  readonly accounts: MemoryAccounts;
  readonly presence: Presence;
  readonly #name: string;
  #sessions = 0;
  #binding = 0;

  /** `accounts`: `name@domain` each. `beside`: another node of the same system. */
  constructor(accounts: readonly string[] = [], beside?: PresenceRig) {
    this.clock = beside?.clock ?? new VirtualClock();
    this.registrations = beside?.registrations ?? new MemoryRegistrations(this.clock);
    this.node = memoryNode(this.clock, beside?.node.bus.hub);
    this.#name = beside ? `${beside.#name}'` : "s";
    this.accounts = new MemoryAccounts(
      ["a.example", "b.example"],
      accounts.map((text) => ({ id: user(text), name: text.split("@")[0]?.toUpperCase() ?? "" })),
    );
    const { clock, registrations: carrier, accounts: known } = this;
    this.presence = new Presence({ ...this.node, accounts: known, carrier, clock, log: silentLogger, sent: () => {} });
  }

  enter(who: string, wishes: Omit<Arrival, "id" | "user" | "tell"> = {}, keeps = true): Attendant {
    const id = `${this.#name}${(this.#sessions += 1)}`;
    return new Attendant(this.presence, { id, user: user(who), ...wishes }, keeps);
  }

  /** A softphone registers for a minute. */
  async phone(who: string): Promise<void> {
    await this.registrations.put(user(who), {
      contact: `sip:${(this.#binding += 1)}@192.0.2.7`,
      address: "192.0.2.7",
      port: 5060,
      transport: "udp",
      callId: "c",
      cseq: 1,
      q: 1,
      expiresAt: this.clock.now() + 60_000,
    });
  }

  /** What was gathered is told. */
  async told(ms = 50): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }

  assertEmpty(): void {
    assert.deepEqual(this.presence.held, { groups: 0, members: 0, watchers: 0 });
    this.registrations.close();
    this.node.nodes.leave();
    assert.equal(this.clock.pending, 0, "timers");
  }
}

export function user(text: string) {
  const read = parseUserId(text);
  assert.ok(read);
  return read;
}
