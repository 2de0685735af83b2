import type { ContactInfo } from "../gateway/protocol/values.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import { targetKey, type Contact } from "./peer.ts";

export interface PresenceView {
  /** Everybody of the own domain who can be called now. */
  readonly contacts: readonly Contact[];
}

export interface ContactsChange {
  readonly joined: readonly Contact[];
  readonly left: readonly Contact[];
  readonly changed: readonly Contact[];
}

type ByKey = ReadonlyMap<string, Contact>;

const byKey = (contacts: readonly Contact[]): ByKey =>
  new Map(contacts.map((contact) => [targetKey(contact.target), contact]));

const looks = ({ name, status, pages, phones, can, numbers }: Contact): string =>
  JSON.stringify([name, status, pages, phones, can, numbers]);

/** A contact that stayed as it was stays the same object. */
function merge(before: ByKey, fresh: ContactInfo): Contact {
  const old = before.get(targetKey(fresh.target));
  const contact: Contact = Object.freeze({ ...fresh, groups: [] });
  return old && looks(old) === looks(contact) ? old : contact;
}

function difference(before: ByKey, after: ByKey): ContactsChange {
  const among = (some: ByKey, test: (key: string, contact: Contact) => boolean): Contact[] =>
    [...some].filter(([key, contact]) => test(key, contact)).map(([, contact]) => contact);
  return {
    joined: among(after, (key) => !before.has(key)),
    left: among(before, (key) => !after.has(key)),
    changed: among(after, (key, contact) => before.has(key) && before.get(key) !== contact),
  };
}

/** Who is there. */
export class Presence extends LiveObject<PresenceView, { change: ContactsChange }> {
  constructor(link: Link) {
    super({ contacts: Object.freeze([]) });
    link.events.on("fact", (fact) => {
      if (fact.type === "presence.contacts") this.#replace(fact.contacts);
    });
    link.events.on("state", (state) => {
      if (state === "closed") this.finish();
    });
  }

  #replace(fresh: readonly ContactInfo[]): void {
    const before = byKey(this.view().contacts);
    const contacts = Object.freeze(fresh.map((contact) => merge(before, contact)));
    const change = difference(before, byKey(contacts));
    if (change.joined.length + change.left.length + change.changed.length === 0) return;
    this.update({ contacts });
    this.emit("change", change);
  }
}
