/** What the page remembers: for the browser, or for this tab. A browser that forbids it has a forgetful page. */
export class Memory {
  readonly #storage: () => Storage;

  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  get(key: string): string | undefined {
    return this.#try((storage) => storage.getItem(`offhook.${key}`)) ?? undefined;
  }

  /** `undefined` forgets. */
  set(key: string, value: string | undefined): void {
    this.#try((storage) =>
      value === undefined ? storage.removeItem(`offhook.${key}`) : storage.setItem(`offhook.${key}`, value),
    );
  }

  #try<T>(act: (storage: Storage) => T): T | undefined {
    try {
      return act(this.#storage());
    } catch {
      return undefined;
    }
  }
}

export const ofBrowser = new Memory(() => localStorage);
export const ofTab = new Memory(() => sessionStorage);
