import { Emitter } from "../base/emitter.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { UserId } from "../directory/user-id.ts";
import { defaultGroup } from "../protocol/version.ts";
import { Attendance, type Wishes } from "./attendance.ts";
import { Domain, type DomainParts } from "./domain.ts";
import type { Page } from "./page.ts";

export type PresenceParts = Omit<DomainParts, "talks" | "counted" | "disputed">;

/** Who talks now, on whatever device. */
export interface Talking {
  has(user: UserId): boolean;
  on(event: "changed", listener: (user: UserId) => void): () => void;
}

/** A session that takes part. */
export interface Arrival extends Wishes {
  /** The session's id. */
  readonly id: string;
  readonly user: UserId;
  readonly name?: string;
  tell(event: ServerEvent): void;
}

export interface PresenceEvents {
  /** What the session of that id wants of presence has changed. */
  wished: [id: string];
  /** Another node says to have a session of this one. */
  disputed: [id: string];
}

/** Who of each domain is there, in groups: who joined one is seen by who watches it. */
export class Presence extends Emitter<PresenceEvents> {
  readonly #parts: DomainParts;
  readonly #domains = new Map<string, Domain>();
  readonly #attendances = new Map<string, Attendance>();
  readonly #offs: (() => void)[];
  #talking: Talking | undefined;
  #turns = 0;

  constructor(parts: PresenceParts) {
    super();
    this.#parts = {
      ...parts,
      talks: (user) => this.#talking?.has(user) ?? false,
      counted: (turn) => void (this.#turns = Math.max(this.#turns, turn)),
      disputed: (id) => this.emit("disputed", id),
    };
    this.#offs = [parts.carrier.on("changed", (user) => this.#domains.get(user.domain)?.reread(user))];
  }

  /** From now on it is told who talks. */
  follow(talking: Talking): void {
    this.#talking = talking;
    this.#offs.push(talking.on("changed", (user) => this.#domains.get(user.domain)?.touch(user)));
  }

  /** A session is open. Whoever calls this closes the attendance. */
  enter({ id, user, name, tell, ...wishes }: Arrival): Attendance {
    const { groups = [defaultGroup], watch = [defaultGroup], status, note, userData } = wishes;
    const domain = this.#domain(user.domain);
    const page: Page = {
      id,
      user,
      ...(name !== undefined && { name }),
      here: true,
      leaving: false,
      joined: new Set(),
      watched: new Set(),
      tell,
    };
    const attendance = new Attendance(page, {
      clock: this.#parts.clock,
      nextTurn: () => (this.#turns += 1),
      wished: () => this.emit("wished", id),
      touched: () => domain.changed(page),
      watch: (group) => domain.watch(group, page),
      unwatch: (group) => domain.unwatch(group, page),
      closed: (to) => {
        this.#attendances.delete(id);
        domain.leave(page, to);
        this.#drop(user.domain);
      },
    });
    this.#attendances.set(id, attendance);
    domain.enter(page);
    for (const group of groups) attendance.join(group);
    for (const group of watch) attendance.watch(group);
    if (status !== undefined || note !== undefined) attendance.setStatus(status ?? "online", note);
    if (userData !== undefined) attendance.setUserData(userData);
    return attendance;
  }

  /** The part of the session of that id; undefined for guests, who take none. */
  of(id: string): Attendance | undefined {
    return this.#attendances.get(id);
  }

  /** The user wants no call to ring. */
  isUndisturbed(user: UserId): boolean {
    return this.#domains.get(user.domain)?.find(user)?.said?.status === "do-not-disturb";
  }

  /** How many pages of the user are seen at other nodes. */
  elsewhere(user: UserId): number {
    return this.#domains.get(user.domain)?.elsewhere(user) ?? 0;
  }

  /** What is held now, back to 0 when every session is over: groups, contacts in them, sessions that watch them. */
  get held(): { readonly groups: number; readonly members: number; readonly watchers: number } {
    const groups = [...this.#domains.values()].flatMap((domain) => domain.groups);
    return {
      groups: groups.length,
      members: groups.reduce((sum, { members }) => sum + members, 0),
      watchers: groups.reduce((sum, { watchers }) => sum + watchers, 0),
    };
  }

  /** The gateway stops: nobody is told anything any more. */
  close(): void {
    for (const off of this.#offs) off();
    for (const domain of this.#domains.values()) domain.close();
    for (const attendance of [...this.#attendances.values()]) attendance.close();
    this.removeAllListeners();
  }

  #domain(name: string): Domain {
    let domain = this.#domains.get(name);
    if (!domain) this.#domains.set(name, (domain = new Domain(name, this.#parts)));
    return domain;
  }

  #drop(name: string): void {
    const domain = this.#domains.get(name);
    if (!domain || domain.sessions > 0) return;
    domain.leaveOff();
    this.#domains.delete(name);
  }
}
