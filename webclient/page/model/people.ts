import type { Contact, Peer, SavedContact, Session, Target } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import { addressOf } from "../../target.ts";

/** A number or an address of somebody. */
export interface Line {
  readonly target: Target;
  readonly label: string;
}

/** Somebody of the directory, of the own address book, or of both. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Where calls go, the first by default. */
  readonly lines: readonly [Line, ...Line[]];
  readonly status: Contact["status"] | "unknown";
  /** The person's own text beside the status. */
  readonly note: string;
  readonly pages: number;
  readonly phones: number;
  readonly can: Peer["can"];
  /** What the own address book has. */
  readonly saved?: SavedContact;
}

/** Two ways to write one number are one number. */
export type Canonical = (number: string) => string;

/** What a target is found by. */
export const keyOf = (target: Target, canonical: Canonical): string =>
  "tel" in target ? canonical(target.tel) : addressOf(target).toLowerCase();

const fromDirectory = (contact: Contact): Person => ({
  id: `user:${addressOf(contact.target)}`,
  name: contact.name ?? addressOf(contact.target),
  lines: [{ target: contact.target, label: "" }],
  status: contact.status,
  note: contact.note ?? "",
  pages: contact.pages,
  phones: contact.phones,
  can: contact.can,
});

function fromBook(saved: SavedContact, online: Contact | undefined): Person {
  const lines = saved.targets.map(({ target, label }) => ({ target, label: label ?? "" }));
  return {
    id: `saved:${saved.contactId}`,
    name: saved.name,
    lines: lines as [Line, ...Line[]],
    status: online?.status ?? "unknown",
    note: online?.note ?? "",
    pages: online?.pages ?? 0,
    phones: online?.phones ?? 0,
    can: online?.can ?? ["call"],
    saved,
  };
}

/** Everybody, by name. Who stands in both has the name of the own book and the presence of the directory. */
export function mergePeople(
  directory: readonly Contact[],
  saved: readonly SavedContact[],
  collator: Intl.Collator,
): readonly Person[] {
  const present = new Map(directory.map((contact) => [addressOf(contact.target), contact]));
  const own = saved.map((contact) => {
    const online = contact.targets.map(({ target }) => present.get(addressOf(target))).find(Boolean);
    return { person: fromBook(contact, online), online };
  });
  const taken = new Set(own.map(({ online }) => online));
  const others = directory.filter((contact) => !taken.has(contact)).map(fromDirectory);
  return [...own.map(({ person }) => person), ...others].sort((a, b) => collator.compare(a.name, b.name));
}

/** Everybody that the user knows; changes with presence and address book. */
export class People extends LiveObject<{ readonly people: readonly Person[] }, Record<never, never>> {
  readonly #canonical: Canonical;
  readonly #collator: () => Intl.Collator;
  #session: Session | undefined;
  #byKey: ReadonlyMap<string, Person> = new Map();

  constructor(canonical: Canonical, collator: () => Intl.Collator) {
    super({ people: [] });
    this.#canonical = canonical;
    this.#collator = collator;
  }

  adopt(session: Session): void {
    this.#session = session;
    session.presence.subscribe(() => this.refresh());
    session.contacts.subscribe(() => this.refresh());
    this.refresh();
  }

  /** Sorts and finds anew: after a change of people, of the language, of the numbering plans. */
  refresh(): void {
    if (!this.#session) return;
    const own = this.#session.view().user;
    const directory = this.#session.presence.view().contacts.filter(({ target }) => addressOf(target) !== own);
    const people = mergePeople(directory, this.#session.contacts.view().saved, this.#collator());
    this.#byKey = new Map(
      [...people]
        .reverse()
        .flatMap((person) => person.lines.map(({ target }) => [keyOf(target, this.#canonical), person] as const)),
    );
    this.update({ people });
  }

  byId(id: string): Person | undefined {
    return this.view().people.find((person) => person.id === id);
  }

  of(target: Target): Person | undefined {
    return this.#byKey.get(keyOf(target, this.#canonical));
  }

  /** What is found in the list: the person behind a target, or the target itself. */
  keyOf(target: Target): string {
    return this.of(target)?.id ?? keyOf(target, this.#canonical);
  }
}
