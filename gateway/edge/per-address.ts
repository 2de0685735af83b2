/** How many connections each address has, of whatever kind. */
export class PerAddress {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  /** `max`: of one address. */
  constructor(max: number) {
    this.#max = max;
  }

  /** One more. Undefined when it is too much; else it is given back by the returned function, once. */
  take(address: string): (() => void) | undefined {
    const now = this.#open.get(address) ?? 0;
    if (now >= this.#max) return undefined;
    this.#open.set(address, now + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left > 0) this.#open.set(address, left);
      else this.#open.delete(address);
    };
  }
}
