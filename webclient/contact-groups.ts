import type { ContactInfo, Target } from "../gateway/protocol/values.ts";
import { targetKey, type Contact } from "./peer.ts";

/** What became different in one group. */
export interface ContactsChange {
  readonly group: string;
  readonly joined: readonly Contact[];
  readonly left: readonly Contact[];
  readonly changed: readonly Contact[];
}

type Seen = ReadonlyMap<string, ContactInfo>;

const nobody: Seen = new Map();
const looks = (value: object): string => JSON.stringify(value);

/** Who was told of in which watched group. Somebody in several groups is one contact. */
export class ContactGroups {
  readonly #groups = new Map<string, Seen>();
  readonly #contacts = new Map<string, Contact>();
  /** Snapshots of which parts are still to come. */
  readonly #parts = new Map<string, ContactInfo[]>();

  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  /** One part of a snapshot; undefined until the last one has come. */
  snapshot(group: string, part: number, parts: number, contacts: readonly ContactInfo[]): ContactsChange | undefined {
    const known = part === 1 ? [] : (this.#parts.get(group) ?? []);
    const all = [...known, ...contacts];
    if (part < parts) {
      this.#parts.set(group, all);
      return undefined;
    }
    this.#parts.delete(group);
    return this.#replace(group, new Map(all.map((contact) => [targetKey(contact.target), contact])));
  }

  /** A difference to what was told before. */
  change(group: string, fresh: readonly ContactInfo[], left: readonly Target[]): ContactsChange {
    const now = new Map(this.#groups.get(group));
    for (const target of left) now.delete(targetKey(target));
    for (const contact of fresh) now.set(targetKey(contact.target), contact);
    return this.#replace(group, now);
  }

  /** The group is not watched any more. */
  forget(group: string): ContactsChange {
    this.#parts.delete(group);
    const change = this.#replace(group, nobody);
    this.#groups.delete(group);
    return change;
  }

  #replace(group: string, now: Seen): ContactsChange {
    const before = this.#groups.get(group) ?? nobody;
    this.#groups.set(group, now);
    const joined: Contact[] = [];
    const left: Contact[] = [];
    const changed: Contact[] = [];
    for (const [key, info] of before) {
      const fresh = now.get(key);
      if (fresh === info) continue;
      const old = this.#contacts.get(key);
      const contact = this.#merge(key, fresh);
      if (!fresh && old) left.push(contact ?? old);
      else if (fresh && contact && looks(fresh) !== looks(info)) changed.push(contact);
    }
    for (const [key, info] of now) {
      if (before.has(key)) continue;
      const contact = this.#merge(key, info);
      if (contact) joined.push(contact);
    }
    return { group, joined, left, changed };
  }

  /**
   * What was told last counts; but who is offline in one group, the default one has all accounts, is there when
   * another group sees them. A contact that stays as it was stays the same object.
   */
  #merge(key: string, told: ContactInfo | undefined): Contact | undefined {
    const groups = [...this.#groups].filter(([, seen]) => seen.has(key));
    const infos = groups.flatMap(([, seen]) => seen.get(key) ?? []);
    const isThere = (info: ContactInfo | undefined): boolean => info !== undefined && info.status !== "offline";
    const info = isThere(told) ? told : (infos.find(isThere) ?? told ?? infos[0]);
    if (!info) {
      this.#contacts.delete(key);
      return undefined;
    }
    const old = this.#contacts.get(key);
    const contact: Contact = Object.freeze({ ...info, groups: Object.freeze(groups.map(([name]) => name)) });
    if (old && looks(old) === looks(contact)) return old;
    this.#contacts.set(key, contact);
    return contact;
  }
}
