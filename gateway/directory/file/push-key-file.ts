import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { uuid } from "../../base/ids.ts";
import { parseJson } from "../../base/json.ts";
import { isPushKeyPair, type PushKeyPair, type PushKeys } from "../push-keys.ts";

/** One file, mode 0600. Of several processes that make it at once, the first one's counts. */
export class PushKeyFile implements PushKeys {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects when there is a file that is none of ours: to go on would write over it. */
  async pair(make: () => PushKeyPair): Promise<PushKeyPair> {
    return (await this.#read()) ?? (await this.#keep(make()));
  }

  async #read(): Promise<PushKeyPair | undefined> {
    try {
      return parseJson(await readFile(this.#path, "utf8"), isPushKeyPair);
    } catch (fault) {
      if (codeOf(fault) === "ENOENT") return undefined;
      throw fault;
    }
  }

  async #keep(made: PushKeyPair): Promise<PushKeyPair> {
    const own = `${this.#path}.${uuid()}`;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writeFile(own, JSON.stringify(made), { mode: 0o600 });
    try {
      await link(own, this.#path);
    } catch (fault) {
      if (codeOf(fault) !== "EEXIST") throw fault;
    } finally {
      await rm(own, { force: true });
    }
    return (await this.#read()) ?? made;
  }
}

const codeOf = (fault: unknown): string | undefined => (fault as NodeJS.ErrnoException).code;
