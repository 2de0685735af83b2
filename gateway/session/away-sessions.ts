/** A session whose page has no connection. */
export interface AwaySession {
  /** Whose it is, for counting. */
  readonly owner: string;
  /** It is waited for no longer. */
  giveUp(): void;
}

/** Sessions of one owner that are kept without a connection: pages that come and go must not pile up. */
const maxAway = 20;

/** Sessions that wait for their page to come back. Of each owner a few: the one that has waited longest goes first. */
export class AwaySessions {
  readonly #byOwner = new Map<string, Set<AwaySession>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(session: AwaySession): void {
    const own = this.#byOwner.get(session.owner) ?? new Set();
    this.#byOwner.set(session.owner, own.add(session));
    this.#size += 1;
    const [longest] = own;
    if (own.size > maxAway) longest?.giveUp();
  }

  remove(session: AwaySession): void {
    const own = this.#byOwner.get(session.owner);
    if (!own?.delete(session)) return;
    this.#size -= 1;
    if (own.size === 0) this.#byOwner.delete(session.owner);
  }
}
