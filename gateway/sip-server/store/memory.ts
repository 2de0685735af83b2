import type { DialogStore } from "../store.ts";

/** Keeps dialogs as long as the process lives: nothing is there after a restart. */
export class MemoryDialogStore implements DialogStore {
  readonly #texts: Map<string, string>;

  /** `texts`: what an earlier store left. */
  constructor(texts: ReadonlyMap<string, string> = new Map()) {
    this.#texts = new Map(texts);
  }

  load(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(this.#texts));
  }

  put(id: string, text: string): void {
    this.#texts.set(id, text);
  }

  remove(id: string): void {
    this.#texts.delete(id);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
