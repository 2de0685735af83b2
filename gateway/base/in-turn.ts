/** Work under one key runs one after another, in order; what fails holds up nobody. */
export class InTurn {
  readonly #chains = new Map<string, Promise<unknown>>();

  /** Keys under which something runs: back to 0 when all is done. */
  get size(): number {
    return this.#chains.size;
  }

  run<R>(key: string, work: () => Promise<R>): Promise<R> {
    const result = (this.#chains.get(key) ?? Promise.resolve()).then(work);
    const settled = result.then(
      () => {},
      () => {},
    );
    this.#chains.set(key, settled);
    void settled.then(() => this.#chains.get(key) === settled && this.#chains.delete(key));
    return result;
  }
}
