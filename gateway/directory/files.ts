import { createHash, randomUUID } from "node:crypto";
import type { ConversationKey } from "./conversations.ts";

/** Names the file and, by its first 32 digits, its conversation; nobody guesses one. */
export type FileId = string;

export const fileIdFor = (key: ConversationKey): FileId => `${placeOfFiles(key)}-${randomUUID()}`;

/** What the ids of all files of a conversation begin with. */
export const placeOfFiles = (key: ConversationKey): string =>
  createHash("sha256").update(key).digest("hex").slice(0, 32);

export const isFileId = (text: string): text is FileId => /^[0-9a-f]{32}-[0-9a-f-]{36}$/.test(text);

/** What is known of a file beside its content. */
export interface FileFacts {
  readonly fileId: FileId;
  readonly key: ConversationKey;
  /** Who sends it: `name@domain`. */
  readonly by: string;
  /** For people; it names nothing here. */
  readonly name: string;
  /** Bytes that it will have. */
  readonly size: number;
  /** When its upload began: milliseconds since the epoch. */
  readonly at: number;
  /** Media type by its content; absent until it is whole and may be sent. */
  readonly type?: string;
  /** The message that it belongs to. */
  readonly messageId?: string;
}

/** A file, and how many bytes of it have come. */
export interface StoredFile {
  readonly facts: FileFacts;
  readonly offset: number;
}

/** Files of conversations. A method that changes something resolves when it is kept, and rejects when it is not. */
export interface Files {
  begin(facts: FileFacts): Promise<void>;
  find(fileId: FileId): Promise<StoredFile | undefined>;
  /** Appends where the content ends; resolves with its new end, or undefined when that is not at `offset`. */
  append(fileId: FileId, offset: number, bytes: Uint8Array): Promise<number | undefined>;
  /** Does nothing when there is no such file. */
  settle(fileId: FileId, change: Pick<FileFacts, "type" | "messageId">): Promise<void>;
  /** Its content, from the beginning. @throws when there is no such file */
  read(fileId: FileId): AsyncIterable<Uint8Array>;
  /** Does nothing when there is no such file. */
  remove(fileId: FileId): Promise<void>;
  /** All of one conversation, unfinished ones too. */
  of(key: ConversationKey): Promise<readonly FileFacts[]>;
  /** Removes those of which `isGone` says so; the others stay also when that rejects. */
  prune(isGone: (facts: FileFacts) => Promise<boolean>): Promise<void>;
}
