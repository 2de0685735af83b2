import { readFile, rename, writeFile } from "node:fs/promises";
import { parseJson } from "../../base/json.ts";
import type { AccountKeeper } from "../account-keeper.ts";
import { type Account, isAccount } from "../accounts.ts";

/** Added accounts in one file, mode 0600, which is replaced as a whole, never half. */
export class AccountFile implements AccountKeeper {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects when there is a file that cannot be read: to go on would write over it. */
  async load(): Promise<readonly Account[]> {
    try {
      return parseJson(await readFile(this.#path, "utf8"), areAccounts);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw fault;
    }
  }

  save(accounts: readonly Account[]): Promise<void> {
    const text = JSON.stringify(accounts);
    const written = this.#writing.then(async () => {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    });
    this.#writing = written.catch(() => {});
    return written;
  }
}

function areAccounts(value: unknown): value is readonly Account[] {
  return Array.isArray(value) && value.every(isAccount);
}
