import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InTurn } from "../../base/in-turn.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import type { ConversationKey } from "../conversations.ts";
import { placeOfFiles, type FileFacts, type FileId, type Files, type StoredFile } from "../files.ts";

const isFacts = (value: unknown): value is FileFacts => isRecord(value) && typeof value["fileId"] === "string";
const factsEnding = ".json";

/**
 * Two files each, content and facts, in a folder a conversation, mode 0600. Nodes may share the folder: one upload is
 * taken by one node at a time, and any node reads what another one has written.
 */
export class FolderFiles implements Files {
  readonly #folder: string;
  readonly #turns = new InTurn();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin(facts: FileFacts): Promise<void> {
    const path = this.#path(facts.fileId);
    await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
    await writeFile(path, "", { mode: 0o600, flag: "wx" });
    await this.#write(facts);
  }

  async find(fileId: FileId): Promise<StoredFile | undefined> {
    const facts = await this.#facts(fileId);
    const content = facts && (await unlessGone(stat(this.#path(fileId))));
    return content && { facts, offset: content.size };
  }

  append(fileId: FileId, offset: number, bytes: Uint8Array): Promise<number | undefined> {
    return this.#turns.run(fileId, async () => {
      const file = await unlessGone(open(this.#path(fileId), "r+"));
      if (!file) return undefined;
      try {
        if ((await file.stat()).size !== offset) return undefined;
        await file.write(bytes, 0, bytes.length, offset);
        return offset + bytes.length;
      } finally {
        await file.close();
      }
    });
  }

  async settle(fileId: FileId, change: Pick<FileFacts, "type" | "messageId">): Promise<void> {
    const facts = await this.#facts(fileId);
    if (facts) await this.#write({ ...facts, ...change });
  }

  read(fileId: FileId): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path(fileId));
  }

  async remove(fileId: FileId): Promise<void> {
    const path = this.#path(fileId);
    await Promise.all([rm(path, { force: true }), rm(path + factsEnding, { force: true })]);
    // Only an empty folder goes.
    await rmdir(join(path, "..")).catch(() => {});
  }

  async of(key: ConversationKey): Promise<readonly FileFacts[]> {
    return this.#in(placeOfFiles(key));
  }

  async prune(isGone: (facts: FileFacts) => Promise<boolean>): Promise<void> {
    for (const place of await names(this.#folder))
      for (const facts of await this.#in(place)) if (await isGone(facts)) await this.remove(facts.fileId);
  }

  async #in(place: string): Promise<readonly FileFacts[]> {
    const found = (await names(join(this.#folder, place))).filter((name) => name.endsWith(factsEnding));
    const all = await Promise.all(found.map((name) => this.#facts(name.slice(0, -factsEnding.length))));
    return all.filter((facts) => facts !== undefined);
  }

  async #facts(fileId: FileId): Promise<FileFacts | undefined> {
    const text = await unlessGone(readFile(this.#path(fileId) + factsEnding, "utf8"));
    return text === undefined ? undefined : parseJson(text, isFacts);
  }

  /** In one step: another node reads the old facts or the new ones. */
  async #write(facts: FileFacts): Promise<void> {
    const path = this.#path(facts.fileId) + factsEnding;
    await writeFile(`${path}.new`, JSON.stringify(facts), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #path(fileId: FileId): string {
    return join(this.#folder, fileId.slice(0, 32), fileId);
  }
}

async function unlessGone<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    throw fault;
  }
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (fault) {
    if (isMissing(fault)) return [];
    throw fault;
  }
}

/** Of the shared secret beside the folders too: it is no folder. */
const isMissing = (fault: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((fault as NodeJS.ErrnoException).code ?? "");
