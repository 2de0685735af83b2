/** How far a message may be overtaken by later ones, in numbers of its conversation. */
const span = 100;

/** Which messages of one conversation were told. Those that two nodes of the gateway send may come in another order. */
export class Told {
  readonly #numbers = new Set<number>();
  #highest = 0;

  /** False when it was told already. */
  add(number: number): boolean {
    if (number <= this.#highest - span || this.#numbers.has(number)) return false;
    this.#numbers.add(number);
    this.#highest = Math.max(this.#highest, number);
    for (const one of this.#numbers) if (one <= this.#highest - span) this.#numbers.delete(one);
    return true;
  }
}
