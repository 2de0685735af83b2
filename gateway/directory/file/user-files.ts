import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock, Timer } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { parseJson } from "../../base/json.ts";
import type { Logger } from "../../base/log.ts";
import { LocalUserStore } from "../local-user-store.ts";
import { userKey, type UserId } from "../user-id.ts";

/** How long values gather before they are written, in milliseconds. */
const gatherMs = 1_000;

export interface UserFilesParts<T> {
  /** Each user gets `folder/domain/name.kind.json`, mode 0600. */
  readonly folder: string;
  readonly kind: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A file of another form is left alone and read as nothing. */
  readonly check: (value: unknown) => value is T;
}

/** One file a user, written behind: nobody waits for a disk. A file is replaced as a whole, never half. */
export class UserFiles<T> extends LocalUserStore<T> {
  readonly #parts: UserFilesParts<T>;
  readonly #unwritten = new Map<string, T | undefined>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: UserFilesParts<T>) {
    super();
    this.#parts = parts;
  }

  async read(user: UserId): Promise<T | undefined> {
    const key = userKey(user);
    if (this.#unwritten.has(key)) return this.#unwritten.get(key);
    const { check, log } = this.#parts;
    try {
      return parseJson(await readFile(this.#file(key), "utf8"), check);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== "ENOENT")
        log.warn("file not readable", { file: this.#file(key), fault: messageOf(fault) });
      return undefined;
    }
  }

  write(user: UserId, value: T | undefined): void {
    this.#unwritten.set(userKey(user), value);
    this.#timer ??= this.#parts.clock.after(gatherMs, () => {
      this.#timer = undefined;
      void this.#flush();
    });
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    return this.#flush();
  }

  #flush(): Promise<void> {
    return (this.#writing = this.#writing.then(() => this.#writeAll()));
  }

  async #writeAll(): Promise<void> {
    for (const [key, value] of [...this.#unwritten]) {
      await this.#writeOne(key, value);
      if (this.#unwritten.get(key) === value) this.#unwritten.delete(key);
    }
  }

  /** A full disk costs the value when the process ends, not before, and says so. */
  async #writeOne(key: string, value: T | undefined): Promise<void> {
    const file = this.#file(key);
    try {
      if (value === undefined) return await rm(file, { force: true });
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (fault) {
      this.#parts.log.error("file not written", { file, fault: messageOf(fault) });
    }
  }

  /** Names hold no slash (see `parseUserId`), but may be only dots. */
  #file(key: string): string {
    const [domain = "", name = ""] = key.split("/");
    return join(this.#parts.folder, safe(domain), `${safe(name)}.${this.#parts.kind}.json`);
  }
}

const safe = (part: string): string => encodeURIComponent(part).replace(/\./g, "%2E");
