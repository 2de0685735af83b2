import type { Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Accounts } from "../directory/accounts.ts";
import { userKey, type UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { ContactInfo } from "../protocol/values.ts";
import type { Elsewhere } from "./attendance.ts";
import type { PresenceCarrier } from "./carrier.ts";
import { Group } from "./group.ts";
import { Neighbours, type NeighbourParts } from "./neighbours.ts";
import type { Page } from "./page.ts";
import { Presentity } from "./presentity.ts";

/** Changes within this time are told together, in milliseconds, for each thousand sessions that may watch them. */
const gatherMs = 50;
const gatheredSessions = 1_000;
/** When accounts or softphones could not be read they are asked for again after this time, in milliseconds. */
const retryMs = 2_000;

export interface DomainParts extends NeighbourParts {
  readonly accounts: Accounts;
  readonly carrier: PresenceCarrier;
  readonly log: Logger;
  talks(user: UserId): boolean;
  /** A user is seen in another way than before, by whoever sees them at all. */
  changed?(user: UserId, contact: ContactInfo): void;
  /** So many sessions were sent a frame of that type, for metrics. */
  sent(type: ServerEvent["type"], count: number): void;
  /** Another node has counted up to `turn`. */
  counted(turn: number): void;
  /** Another node says to have a page of this one. */
  disputed(id: string): void;
}

/** Presence of one domain while somebody of it is signed in. Nothing in here is reached from another domain. */
export class Domain {
  readonly #name: string;
  readonly #parts: DomainParts;
  readonly #people = new Map<string, Presentity>();
  readonly #groups = new Map<string, Group>();
  readonly #changed = new Set<Presentity>();
  /** Whose account and softphones have to be asked for. */
  readonly #unread = new Set<Presentity>();
  readonly #untold = new Set<Group>();
  readonly #neighbours: Neighbours;
  /** Pages of this node. */
  readonly #own = new Map<string, Page>();
  #loaded = false;
  #timer: Timer | undefined;
  #telling = false;
  #closed = false;

  constructor(name: string, parts: DomainParts) {
    this.#name = name;
    this.#parts = parts;
    this.#neighbours = new Neighbours(name, parts, {
      pages: () => [...this.#own.values()],
      isOwn: (id) => this.#own.has(id),
      entered: (page) => this.#add(page),
      left: (page) => this.#remove(page),
      counted: (turn) => parts.counted(turn),
      disputed: (id) => parts.disputed(id),
    });
    this.#soon(gatherMs);
  }

  get sessions(): number {
    return this.#own.size;
  }

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  find(user: UserId): Presentity | undefined {
    return this.#people.get(userKey(user));
  }

  enter(page: Page): void {
    this.#own.set(page.id, page);
    this.#neighbours.fetched(page.id);
    this.#add(page);
    this.changed(page);
  }

  /** `to`: it goes on there, and others go on seeing it. */
  leave(page: Page, to?: Elsewhere): void {
    if (!this.#own.delete(page.id)) return;
    this.#remove(page);
    if (to?.node !== undefined) this.#neighbours.handedOver(page, to.node);
    else if (!to) this.#neighbours.gone(page);
  }

  /** A page of this node may be seen in another way. */
  changed(page: Page): void {
    this.#neighbours.changed(page);
    this.touch(page.user);
  }

  /** Pages of the user that are seen at other nodes. */
  elsewhere(user: UserId): number {
    return [...(this.find(user)?.pages ?? [])].filter(({ id, here }) => here && !this.#own.has(id)).length;
  }

  /** Something of the user may be seen in another way. */
  touch(user: UserId): void {
    this.#changed.add(this.#at(user));
    this.#soon(this.#gatherMs);
  }

  /** Softphones of the user came or went. */
  reread(user: UserId): void {
    this.#unread.add(this.#at(user));
    this.touch(user);
  }

  watch(name: string, page: Page): void {
    const group = this.#group(name);
    group.watch(page);
    this.#untold.add(group);
    this.#soon(this.#gatherMs);
  }

  unwatch(name: string, page: Page): void {
    const group = this.#groups.get(name);
    if (!group) return;
    group.unwatch(page);
    this.#untold.add(group);
    this.#soon(this.#gatherMs);
  }

  /** Nobody of the domain is here any more: what became different is looked at a last time. */
  leaveOff(): void {
    for (const presentity of this.#changed) this.#look(presentity);
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#neighbours.close();
  }

  /** The more there are to be told, the longer changes are gathered: a storm is a bounded number of frames a second. */
  get #gatherMs(): number {
    return gatherMs * Math.ceil(Math.max(1, this.#own.size) / gatheredSessions);
  }

  #add(page: Page): void {
    const presentity = this.#at(page.user);
    presentity.pages.add(page);
    if (!presentity.account) this.#unread.add(presentity);
    this.touch(page.user);
  }

  #remove(page: Page): void {
    if (this.find(page.user)?.pages.delete(page)) this.touch(page.user);
  }

  #at(user: UserId): Presentity {
    const key = userKey(user);
    let presentity = this.#people.get(key);
    if (!presentity) this.#people.set(key, (presentity = new Presentity(user)));
    return presentity;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = new Group(name)));
    return group;
  }

  #soon(ms: number): void {
    if (this.#timer || this.#telling || this.#closed) return;
    this.#timer = this.#parts.clock.after(ms, () => void this.#gathered());
  }

  async #gathered(): Promise<void> {
    this.#timer = undefined;
    this.#telling = true;
    const read = await this.#read();
    this.#telling = false;
    if (this.#closed) return;
    this.#tell();
    if (!read) this.#soon(retryMs);
    else if (this.#changed.size + this.#unread.size + this.#untold.size > 0) this.#soon(this.#gatherMs);
  }

  /** Asks the suppliers for what changed there; false when they could not say. */
  async #read(): Promise<boolean> {
    const unread = [...this.#unread];
    this.#unread.clear();
    try {
      if (!this.#loaded) await this.#load();
      await Promise.all(unread.map((presentity) => this.#readOne(presentity)));
      return true;
    } catch (fault) {
      for (const presentity of unread) this.#unread.add(presentity);
      this.#parts.log.warn("presence not read", { domain: this.#name, fault: messageOf(fault) });
      return false;
    }
  }

  async #load(): Promise<void> {
    const { accounts, carrier } = this.#parts;
    // Whoever is at another node would be shown offline first.
    await this.#neighbours.known;
    const [known, online] = await Promise.all([accounts.list(this.#name), carrier.online(this.#name)]);
    for (const account of known) this.#changed.add(Object.assign(this.#at(account.id), { account }));
    for (const { user, phones } of online) this.#changed.add(Object.assign(this.#at(user), { phones }));
    this.#loaded = true;
  }

  async #readOne(presentity: Presentity): Promise<void> {
    const { accounts, carrier } = this.#parts;
    const [account, devices] = await Promise.all([accounts.find(presentity.user), carrier.list(presentity.user)]);
    presentity.account = account;
    presentity.phones = devices.length;
    this.#changed.add(presentity);
  }

  #tell(): void {
    this.#neighbours.share();
    for (const presentity of this.#changed) this.#look(presentity);
    this.#changed.clear();
    const groups = [...this.#untold];
    this.#untold.clear();
    for (const group of groups) {
      group.tell(this.#parts.sent);
      if (group.isEmpty) this.#groups.delete(group.name);
    }
  }

  #look(presentity: Presentity): void {
    const before = presentity.seen;
    const seen = presentity.look(this.#parts.talks(presentity.user));
    this.#report(presentity, before);
    const key = userKey(presentity.user);
    for (const name of presentity.groups) {
      const contact = seen(name);
      const group = contact ? this.#group(name) : this.#groups.get(name);
      group?.see(key, contact);
      if (group) this.#untold.add(group);
      if (contact) presentity.seenIn.add(name);
      else presentity.seenIn.delete(name);
    }
    if (presentity.isGone) this.#people.delete(key);
  }

  /** Who was never seen, and is not here, is no news. */
  #report({ user, seen }: Presentity, before: ContactInfo | undefined): void {
    if (seen && seen !== before && (before || seen.status !== "offline")) this.#parts.changed?.(user, seen);
  }
}
