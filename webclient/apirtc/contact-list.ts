import type { Contact, Presence } from "../index.ts";
import type { OldEvents } from "./events.ts";
import type { Names } from "./names.ts";

/** Somebody who is online. */
export interface OldUser {
  readonly userId: string;
  readonly nickname?: string | undefined;
  readonly userData: unknown;
  readonly group: string;
  readonly inCall: boolean;
}

/** Who is online in which subscribed group, and the events when that changes. */
export class ContactList {
  readonly #presence: Presence;
  readonly #events: OldEvents;
  readonly #names: Names;
  readonly #told = new Map<string, ReadonlyMap<string, OldUser>>();

  constructor(presence: Presence, events: OldEvents, names: Names) {
    this.#presence = presence;
    this.#events = events;
    this.#names = names;
    presence.on("change", ({ group }) => this.#onChange(group));
  }

  /** Without a group: of all, each once a group. */
  users(group?: string): OldUser[] {
    const groups = new Set(this.#presence.view().contacts.flatMap((contact) => contact.groups));
    return [...groups].filter((one) => group === undefined || one === group).flatMap((one) => this.#online(one));
  }

  find(userId: string): Contact | undefined {
    return this.#presence.view().contacts.find(({ target }) => this.#names.idOf(target) === userId);
  }

  #online(group: string): OldUser[] {
    return this.#presence
      .view()
      .contacts.filter(({ groups, status }) => groups.includes(group) && status !== "offline")
      .map(({ target, name, userData, status }) => ({
        userId: this.#names.idOf(target),
        nickname: name,
        userData: userData ?? {},
        group,
        inCall: status === "in-a-call",
      }))
      .filter(({ userId }) => userId !== this.#names.own);
  }

  #onChange(group: string): void {
    const before = this.#told.get(group) ?? new Map<string, OldUser>();
    const now = new Map(this.#online(group).map((user) => [user.userId, user]));
    this.#told.set(group, now);
    this.#tell(group, "online", without(now, before));
    this.#tell(group, "offline", without(before, now));
    this.#events.emit("updatePresence", { connectedUsersList: this.users() });
  }

  #tell(group: string, status: "online" | "offline", usersList: readonly OldUser[]): void {
    if (usersList.length > 0) this.#events.emit("connectedUsersListUpdate", { group, status, usersList });
  }
}

const without = (some: ReadonlyMap<string, OldUser>, others: ReadonlyMap<string, OldUser>): OldUser[] =>
  [...some.values()].filter(({ userId }) => !others.has(userId));
