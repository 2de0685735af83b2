import { byHeight, noBackground, type Background, type BoardElement } from "./element.ts";
import type { Change } from "./change.ts";

/** A change of this page that the gateway has not ordered yet. */
export interface Pending extends Change {
  readonly drawId: string;
}

/** A change in the gateway's order. */
export interface Ordered extends Change {
  readonly number: number;
  readonly drawId: string;
}

/** What became different, up to change `number`. */
export interface Part extends Change {
  readonly number: number;
  readonly latest: number;
  readonly whole: boolean;
}

/**
 * What is on a board, as this page sees it: what the gateway has ordered, and upon it what this page has drawn and the
 * gateway has not ordered yet. All pages end with the same, since all take the gateway's order.
 */
export class BoardDocument {
  readonly #ordered = new Map<string, BoardElement>();
  #background = noBackground;
  #number = 0;
  #pending: Pending[] = [];
  /** By id, as it is seen. */
  readonly #seen = new Map<string, BoardElement>();
  #elements: readonly BoardElement[] | undefined;

  /** Of the last change of the gateway's that is in here. */
  get number(): number {
    return this.#number;
  }

  /** Oldest first. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** From the lowest to the one on top; the same array until something changes. */
  get elements(): readonly BoardElement[] {
    return (this.#elements ??= Object.freeze([...this.#seen.values()].sort(byHeight)));
  }

  get background(): Background {
    return this.#pending.findLast(({ background }) => background)?.background ?? this.#background;
  }

  get(id: string): BoardElement | undefined {
    return this.#seen.get(id);
  }

  /** This page draws. */
  draw(change: Pending): void {
    this.#pending.push(change);
    this.#look(change);
  }

  /** It was refused, or was ordered at a number that is in here already. */
  settled(drawId: string): void {
    const settled = this.#pending.filter((one) => one.drawId === drawId);
    this.#pending = this.#pending.filter((one) => one.drawId !== drawId);
    for (const change of settled) this.#look(change);
  }

  /** False when changes before it are missing. */
  take(change: Ordered): boolean {
    if (change.number > this.#number + 1) return false;
    if (change.number <= this.#number) return true;
    this.#number = change.number;
    // An own element stays the same object: it need not be painted again.
    this.#order({ ...change, ...this.#pending.find(({ drawId }) => drawId === change.drawId) });
    this.settled(change.drawId);
    return true;
  }

  read(part: Part): void {
    if (part.whole) {
      const before = [...this.#ordered.keys()];
      this.#ordered.clear();
      this.#background = noBackground;
      this.#look({ put: [], remove: before });
    }
    this.#number = part.number;
    this.#order(part);
  }

  #order(change: Change): void {
    for (const id of change.remove) this.#ordered.delete(id);
    for (const element of change.put) this.#ordered.set(element.elementId, Object.freeze(element));
    if (change.background) this.#background = Object.freeze(change.background);
    this.#look(change);
  }

  /** These may look different now. */
  #look({ put, remove }: Change): void {
    for (const id of [...remove, ...put.map(({ elementId }) => elementId)]) {
      const seen = this.#seeing(id);
      if (seen === this.#seen.get(id)) continue;
      this.#elements = undefined;
      if (seen) this.#seen.set(id, seen);
      else this.#seen.delete(id);
    }
  }

  #seeing(id: string): BoardElement | undefined {
    for (const { put, remove } of [...this.#pending].reverse()) {
      const element = put.find(({ elementId }) => elementId === id);
      if (element || remove.includes(id)) return element;
    }
    return this.#ordered.get(id);
  }
}
