import type { ServerEvent } from "../protocol/server-frame.ts";
import type { UserId } from "../directory/user-id.ts";
import type { PresenceStatus } from "../protocol/values.ts";
import { defaultGroup } from "../protocol/version.ts";
import { Attendance } from "./attendance.ts";
import { Domain, type DomainParts } from "./domain.ts";
import type { Page } from "./page.ts";

export type PresenceParts = Omit<DomainParts, "talks">;

/** Who talks now, on whatever device. */
export interface Talking {
  has(user: UserId): boolean;
  on(event: "changed", listener: (user: UserId) => void): () => void;
}

/** A session that takes part, and what its page wants from the start. */
export interface Arrival {
  /** The session's id. */
  readonly id: string;
  readonly user: UserId;
  readonly name?: string;
  /** Default: the default group, for each of the two. */
  readonly groups?: readonly string[];
  readonly watch?: readonly string[];
  readonly status?: PresenceStatus;
  readonly note?: string;
  readonly userData?: unknown;
  tell(event: ServerEvent): void;
}

/** Who of each domain is there, in groups: who joined one is seen by who watches it. */
export class Presence {
  readonly #parts: DomainParts;
  readonly #domains = new Map<string, Domain>();
  readonly #attendances = new Map<string, Attendance>();
  readonly #offs: (() => void)[];
  #talking: Talking | undefined;
  #turns = 0;

  constructor(parts: PresenceParts) {
    this.#parts = { ...parts, talks: (user) => this.#talking?.has(user) ?? false };
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
      ...(name !== undefined && { name }),
      here: true,
      joined: new Set(),
      watched: new Set(),
      tell,
    };
    const attendance = new Attendance(page, {
      clock: this.#parts.clock,
      nextTurn: () => (this.#turns += 1),
      touched: () => domain.touch(user),
      watch: (group) => domain.watch(group, page),
      unwatch: (group) => domain.unwatch(group, page),
      closed: () => {
        this.#attendances.delete(id);
        domain.leave(user, page);
        this.#drop(user.domain);
      },
    });
    this.#attendances.set(id, attendance);
    domain.enter(user, page);
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
