import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { InTurn } from "../base/in-turn.ts";
import type { Logger } from "../base/log.ts";
import { userKey } from "../directory/user-id.ts";
import type { SessionRecords } from "../directory/session-records.ts";
import type { Presence } from "../presence/presence.ts";
import type { Session } from "./session.ts";

export interface RosterParts {
  readonly records: SessionRecords;
  /** This one. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly presence: Presence;
  find(id: string): Session | undefined;
  ids(): readonly string[];
  /** Another node has the session by now: it is over here. */
  taken(session: Session, by: string): void;
}

/** Changes within this time are written together, and tried again after the other; milliseconds. */
const gatherMs = 100;
const againMs = 5_000;

/** Writes down which sessions are here, so that another node can go on with one should this one die. Guests are not. */
export class Roster {
  readonly #parts: RosterParts;
  readonly #turns = new InTurn();
  readonly #again: Timer;
  readonly #offs: (() => void)[];
  #unwritten = new Set<string>();
  #timer: Timer | undefined;

  constructor(parts: RosterParts) {
    this.#parts = parts;
    const { clock, presence } = parts;
    this.#again = clock.every(againMs, () => void this.#hold());
    this.#offs = [
      presence.on("wished", (id) => this.changed(id)),
      presence.on("disputed", (id) => void this.#look(id)),
    ];
  }

  /** It is here from now on. */
  opened(id: string): void {
    this.#run(id, () => this.#put(id));
  }

  /** It would be made anew in another way. */
  changed(id: string): void {
    this.#unwritten.add(id);
    this.#timer ??= this.#parts.clock.after(gatherMs, () => {
      this.#timer = undefined;
      this.#write();
    });
  }

  /** It is over. */
  closed(id: string): void {
    this.#unwritten.delete(id);
    this.#run(id, () => this.#parts.records.remove(id, this.#parts.node));
  }

  close(): void {
    this.#again.cancel();
    this.#timer?.cancel();
    for (const off of this.#offs) off();
  }

  #write(): void {
    const ids = [...this.#unwritten];
    this.#unwritten.clear();
    for (const id of ids) this.#run(id, () => this.#put(id));
  }

  async #put(id: string): Promise<void> {
    const { records, node, presence, find } = this.#parts;
    const session = find(id);
    this.#unwritten.delete(id);
    if (!session || session.identity.guest) return;
    const user = userKey(session.identity.user);
    try {
      const state = session.outline(presence.of(id)?.wishes ?? {});
      if (!(await records.put(id, node, { node, user, state }))) await this.#look(id);
    } catch (fault) {
      this.#unwritten.add(id);
      throw fault;
    }
  }

  /** Who has it, when another node says so. */
  async #look(id: string): Promise<void> {
    const { records, node, find, taken } = this.#parts;
    const record = await records.find(id).catch(() => undefined);
    const session = find(id);
    if (session && record && record.node !== node) taken(session, record.node);
  }

  async #hold(): Promise<void> {
    const { records, ids, log } = this.#parts;
    try {
      for (const id of await records.touch(ids())) this.#unwritten.add(id);
    } catch (fault) {
      log.debug("sessions not held", { fault: messageOf(fault) });
    }
    this.#write();
  }

  #run(id: string, work: () => Promise<void>): void {
    this.#turns.run(id, work).catch((fault: unknown) => {
      this.#parts.log.debug("session not written down", { session: id, fault: messageOf(fault) });
    });
  }
}
