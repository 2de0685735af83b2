import type { Json } from "../gateway/base/json.ts";
import type { PresenceStatus } from "../gateway/protocol/values.ts";
import type { Request } from "./connection.ts";
import { ContactGroups, type ContactsChange } from "./contact-groups.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import type { Contact } from "./peer.ts";
import type { Wishes } from "./wishes.ts";

export type { ContactsChange, PresenceStatus };

export interface PresenceView {
  /** All who are seen in the watched groups; in the default group also accounts that are offline. */
  readonly contacts: readonly Contact[];
  /** What this session says of its own user: `online` when it said nothing. */
  readonly status: PresenceStatus;
  readonly note: string;
}

/**
 * Who is there. A session joins groups, and those who watch one of them see its user; it watches groups, and sees who
 * joined them. Without a wish it does both with `default`, which has everybody of the domain. All of it outlives a lost
 * connection.
 */
export class Presence extends LiveObject<PresenceView, { change: ContactsChange }> {
  readonly #link: Link;
  readonly #wishes: Wishes;
  readonly #groups = new ContactGroups();

  constructor(link: Link, wishes: Wishes) {
    super({ contacts: Object.freeze([]), status: wishes.status, note: wishes.note });
    this.#link = link;
    this.#wishes = wishes;
    link.events.on("fact", (fact) => {
      if (fact.type === "presence.snapshot")
        this.#show(this.#groups.snapshot(fact.group, fact.part, fact.parts, fact.contacts));
      if (fact.type === "presence.changed")
        this.#show(this.#groups.change(fact.group, [...fact.joined, ...fact.changed], fact.left));
    });
    link.events.on("state", (state) => {
      if (state === "closed") this.finish();
    });
  }

  /**
   * From now on those who watch the group see the user. Names are any text of 1 to 128 characters.
   * @throws ClientError `not-allowed` beyond 64 groups, `unsupported` for guests, `unreachable`
   */
  join(group: string): Promise<void> {
    return this.#ask({ type: "presence.join", group }, () => this.#wishes.joined(group));
  }

  /** Does nothing when the session is not in it. @throws ClientError `unsupported`, `unreachable` */
  leave(group: string): Promise<void> {
    return this.#ask({ type: "presence.leave", group }, () => this.#wishes.left(group));
  }

  /**
   * From now on `contacts` has those of the group; who is there already comes a moment after this has resolved.
   * @throws ClientError as `join`
   */
  watch(group: string): Promise<void> {
    return this.#ask({ type: "presence.watch", group }, () => this.#wishes.watched(group));
  }

  /** Who is in no other watched group goes from `contacts`. @throws ClientError as `leave` */
  unwatch(group: string): Promise<void> {
    return this.#ask({ type: "presence.unwatch", group }, () => {
      this.#wishes.unwatched(group);
      this.#show(this.#groups.forget(group));
    });
  }

  /**
   * Says how available the user is, with an own text of at most 140 characters. Of several sessions of the user the
   * most available counts. `do-not-disturb` turns calls to the user away, on all devices; `invisible` looks offline.
   * @throws ClientError `unsupported` for guests, `unreachable`
   */
  setStatus(status: PresenceStatus, note?: string): Promise<void> {
    return this.#ask({ type: "presence.status", status, ...(note === undefined ? {} : { note }) }, () => {
      this.#wishes.said(status, note);
      this.update({ status, note: note ?? "" });
    });
  }

  /**
   * Shares JSON of at most 8 KiB with those who watch: their `contact.userData`. Of several sessions of the user what
   * was written last counts. Undefined takes it back.
   * @throws ClientError `unsupported` when it is larger and for guests, `unreachable`
   */
  setUserData(data: Json | undefined): Promise<void> {
    return this.#ask({ type: "presence.data", ...(data === undefined ? {} : { data }) }, () =>
      this.#wishes.shared(data),
    );
  }

  #ask(request: Request, done: () => void): Promise<void> {
    return this.#link.request(request, "ok", done);
  }

  #show(change: ContactsChange | undefined): void {
    if (!change || change.joined.length + change.left.length + change.changed.length === 0) return;
    this.update({ contacts: Object.freeze(this.#groups.contacts) });
    this.emit("change", change);
  }
}
