import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import type { Change, Journal } from "../journal.ts";

type Line = Change | { readonly is: "key"; readonly key: string };

const isLine = (value: unknown): value is Line => isRecord(value) && typeof value["is"] === "string";
const isKey = (line: Line): line is Extract<Line, { is: "key" }> => line.is === "key" && "key" in line;
const ending = ".jsonl";

/**
 * One file a key, a line a change, mode 0600. A change is with the operating system when it counts: it
 * outlives this process, but not a power cut of the next seconds.
 */
export class JournalFiles<C extends Change> implements Journal<C> {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #begun = new Set<string>();

  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /** What earlier processes have written. A line that was cut off by their end is left out. */
  async load(found: (key: string, changes: readonly C[]) => void): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.endsWith(ending)) continue;
      const [head, ...changes] = this.#read(name, await readFile(join(this.#folder, name), "utf8"));
      if (!head || !isKey(head)) continue;
      this.#begun.add(head.key);
      found(head.key, changes as unknown as C[]);
    }
  }

  async append(key: string, changes: readonly C[]): Promise<void> {
    await this.#ready();
    const head: Line[] = this.#begun.has(key) ? [] : [{ is: "key", key }];
    await appendFile(this.#file(key), printed([...head, ...changes]), { mode: 0o600 });
    this.#begun.add(key);
  }

  async rewrite(key: string, changes: readonly C[]): Promise<void> {
    const file = this.#file(key);
    if (changes.length === 0) {
      this.#begun.delete(key);
      return rm(file, { force: true });
    }
    await this.#ready();
    await writeFile(`${file}.new`, printed([{ is: "key", key }, ...changes]), { mode: 0o600 });
    await rename(`${file}.new`, file);
    this.#begun.add(key);
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw fault;
    }
  }

  /** The folder is made with the first file: a gateway that kept nothing leaves nothing. */
  async #ready(): Promise<void> {
    if (this.#begun.size === 0) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  #read(name: string, text: string): Line[] {
    return text.split("\n").flatMap((line) => {
      if (line === "") return [];
      try {
        return [parseJson(line, isLine)];
      } catch (fault) {
        this.#log.warn("line not readable", { file: name, fault: messageOf(fault) });
        return [];
      }
    });
  }

  /** Two names may be too long for one file name. */
  #file(key: string): string {
    return join(this.#folder, createHash("sha256").update(key).digest("hex") + ending);
  }
}

/** The line break in front heals a line that a full disk has cut off. */
const printed = (lines: readonly Line[]): string => `\n${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
