import type { Clock, Timer } from "../base/clock.ts";
import type { Leg } from "../call/leg.ts";
import type { Accounts } from "../directory/accounts.ts";
import type { Registrations } from "../directory/registrations.ts";
import { printUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { ContactInfo } from "../protocol/values.ts";
import type { Ringable } from "../switchboard/ringable.ts";
import type { InCall } from "./in-call.ts";
import type { Session } from "./session.ts";

/** Changes within this time are told as one, in milliseconds. */
const gatherMs = 50;

/** All open sessions: which pages a user has, and who of a domain is there. */
export class Sessions implements Ringable {
  readonly #accounts: Accounts;
  readonly #registrations: Registrations;
  readonly #clock: Clock;
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #all = new Set<Session>();
  readonly #due = new Map<string, Timer>();
  readonly #offs: (() => void)[];
  #inCall: InCall | undefined;

  constructor(accounts: Accounts, registrations: Registrations, clock: Clock) {
    this.#accounts = accounts;
    this.#registrations = registrations;
    this.#clock = clock;
    this.#offs = [registrations.on("changed", (user) => this.#changed(user.domain))];
  }

  /** From now on it is told who talks. */
  follow(inCall: InCall): void {
    this.#inCall = inCall;
    this.#offs.push(inCall.on("changed", (user) => this.#changed(user.domain)));
  }

  /** Signed-in sessions: back to 0 when every page is closed. */
  get size(): number {
    return this.#all.size;
  }

  opened(session: Session): void {
    if (!session.identity) return;
    this.#all.add(session);
    const { user, guest } = session.identity;
    // Nobody can call a guest, and no guest learns who is there.
    if (guest) return;
    const key = userKey(user);
    let pages = this.#byUser.get(key);
    if (!pages) this.#byUser.set(key, (pages = new Set()));
    pages.add(session);
    this.#changed(user.domain);
  }

  closed(session: Session): void {
    const user = session.identity?.user;
    if (!user || !this.#all.delete(session)) return;
    const pages = this.#byUser.get(userKey(user));
    if (!pages?.delete(session)) return;
    if (pages.size === 0) this.#byUser.delete(userKey(user));
    this.#changed(user.domain);
  }

  legsOf(user: UserId, except?: string): readonly Leg[] {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])];
    return pages.filter((session) => session.id !== except && !session.expired).map((session) => session.newLeg());
  }

  /** To all open pages of the user, but for `except`; how many there were. */
  tell(user: UserId, event: ServerEvent, except?: string): number {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])].filter(({ id }) => id !== except);
    for (const session of pages) session.event(event);
    return pages.length;
  }

  /** True while the user has an open page. */
  has(user: UserId): boolean {
    return this.#byUser.has(userKey(user));
  }

  /** Ends every session: the gateway stops. */
  close(): void {
    for (const off of this.#offs) off();
    for (const session of [...this.#all]) session.close("server-stopping", 1001);
    for (const timer of this.#due.values()) timer.cancel();
    this.#due.clear();
  }

  #changed(domain: string): void {
    if (this.#due.has(domain)) return;
    const timer = this.#clock.after(gatherMs, () => {
      this.#due.delete(domain);
      void this.#tell(domain);
    });
    this.#due.set(domain, timer);
  }

  async #tell(domain: string): Promise<void> {
    const pages = [...this.#byUser.values()].flatMap((set) => [...set]);
    const sessions = pages.filter((session) => session.identity?.user.domain === domain);
    if (sessions.length === 0) return;
    const contacts = await this.#contacts(domain, sessions);
    for (const session of sessions) session.event({ type: "presence.contacts", contacts });
  }

  async #contacts(domain: string, sessions: readonly Session[]): Promise<readonly ContactInfo[]> {
    const [phones, accounts] = await Promise.all([this.#registrations.online(domain), this.#accounts.list(domain)]);
    const found = new Map<string, Presence>();
    const at = (user: UserId, name?: string): Presence => {
      const known = found.get(userKey(user)) ?? { user, pages: 0, phones: 0 };
      if (name !== undefined) known.name ??= name;
      found.set(userKey(user), known);
      return known;
    };
    for (const { identity } of sessions) if (identity) at(identity.user, identity.name).pages += 1;
    for (const { user, phones: count } of phones) at(user).phones += count;
    for (const { id, name, numbers } of accounts) Object.assign(at(id, name), numbers && { numbers });
    return [...found.values()].map((presence) => this.#contactOf(presence));
  }

  #contactOf({ user, name, numbers, pages, phones }: Presence): ContactInfo {
    const away = pages + phones === 0;
    return {
      target: { user: printUserId(user) },
      can: ["call"],
      status: this.#inCall?.has(user) ? "busy" : away ? "offline" : "online",
      pages,
      phones,
      ...(name !== undefined && { name }),
      ...(numbers && { numbers }),
    };
  }
}

/** Where somebody is. */
interface Presence {
  readonly user: UserId;
  name?: string;
  numbers?: readonly string[];
  pages: number;
  phones: number;
}
