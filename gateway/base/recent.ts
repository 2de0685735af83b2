/** The last `limit` texts that were added. */
export class Recent {
  readonly #limit: number;
  readonly #texts = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when it is among them already. */
  add(text: string): boolean {
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    const oldest = this.#texts.values().next().value;
    if (this.#texts.size > this.#limit && oldest !== undefined) this.#texts.delete(oldest);
    return true;
  }
}
