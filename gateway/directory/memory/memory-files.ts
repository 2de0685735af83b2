import type { ConversationKey } from "../conversations.ts";
import type { FileFacts, FileId, Files, StoredFile } from "../files.ts";

interface Held {
  facts: FileFacts;
  content: Uint8Array[];
  offset: number;
}

/** Files of one process. */
export class MemoryFiles implements Files {
  readonly #held = new Map<FileId, Held>();

  async begin(facts: FileFacts): Promise<void> {
    this.#held.set(facts.fileId, { facts, content: [], offset: 0 });
  }

  async find(fileId: FileId): Promise<StoredFile | undefined> {
    const held = this.#held.get(fileId);
    return held && { facts: held.facts, offset: held.offset };
  }

  async append(fileId: FileId, offset: number, bytes: Uint8Array): Promise<number | undefined> {
    const held = this.#held.get(fileId);
    if (held?.offset !== offset) return undefined;
    held.content.push(Uint8Array.from(bytes));
    return (held.offset += bytes.length);
  }

  async settle(fileId: FileId, change: Pick<FileFacts, "type" | "messageId">): Promise<void> {
    const held = this.#held.get(fileId);
    if (held) held.facts = { ...held.facts, ...change };
  }

  async *read(fileId: FileId): AsyncIterable<Uint8Array> {
    const held = this.#held.get(fileId);
    if (!held) throw new Error("no such file");
    yield* held.content;
  }

  async remove(fileId: FileId): Promise<void> {
    this.#held.delete(fileId);
  }

  async of(key: ConversationKey): Promise<readonly FileFacts[]> {
    return [...this.#held.values()].flatMap(({ facts }) => (facts.key === key ? [facts] : []));
  }

  async prune(isGone: (facts: FileFacts) => Promise<boolean>): Promise<void> {
    for (const { facts } of [...this.#held.values()]) if (await isGone(facts)) this.#held.delete(facts.fileId);
  }
}
