import { InTurn } from "../base/in-turn.ts";
import type { KeptFile } from "../directory/conversations.ts";
import { fileIdFor, isFileId, type FileFacts, type FileId, type Files, type StoredFile } from "../directory/files.ts";
import { printUserId } from "../directory/user-id.ts";
import type { Conversation } from "../protocol/message-values.ts";
import type { Access } from "./access.ts";
import type { CheckFile } from "./file-check.ts";
import type { FileLinks } from "./file-links.ts";
import { cleanFileName } from "./file-name.ts";
import { allowsType, sniffedBytes, typeOfContent } from "./file-type.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { MessagingRefusal } from "./refusal.ts";

export interface AttachmentSettings {
  readonly maxBytes: number;
  /** Types that may be sent: `image/png`, `image/*`. */
  readonly types: readonly string[];
  /** How long a link to a file holds, and how long a file may take to come and be sent: milliseconds. */
  readonly linkLife: number;
  readonly uploadLife: number;
  /** How long messages are kept, and their files with them: milliseconds. */
  readonly age: number;
  /** `https://phone.example.org`, to name links by to others. */
  readonly publicUrl?: string;
}

export interface AttachmentParts extends Pick<MessagingParts, "conversations" | "clock" | "log"> {
  readonly files: Files;
  readonly access: Access;
  readonly links: FileLinks;
  readonly settings: AttachmentSettings;
  readonly check?: CheckFile;
}

export interface FileOffer {
  readonly fileId: FileId;
  /** Path that takes the content. */
  readonly upload: string;
  /** How long that holds: milliseconds. */
  readonly expiresInMs: number;
}

/** What became of a part of an upload. */
export type Uploaded = { readonly offset: number } | Refused;
export interface Refused {
  readonly refused: UploadRefusal;
  readonly text: string;
}
/** `unknown`: no such link, or none any more; `conflict`: the content does not end there. */
export type UploadRefusal = "unknown" | "conflict" | "too-large" | "type" | "denied";

export interface Download {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What a file counts as before it was looked at. */
const unjudged = "application/octet-stream";

const refuse = (refused: UploadRefusal, text: string): Refused => ({ refused, text });
const noSuchFile = (): MessagingRefusal => new MessagingRefusal("bad-target", "There is no such file here.");

/**
 * Files of messages: offered within a conversation, sent in parts by a link that holds for this one file, judged by
 * their content when they are whole, then sent along with a message, and fetched by links that hold for a while.
 */
export class Attachments {
  readonly #parts: AttachmentParts;
  readonly #turns = new InTurn();

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
  }

  /** @throws MessagingRefusal `bad-target`, `too-large`, `not-allowed` for a name that is a path */
  async offer(actor: Actor, of: Conversation, name: string, size: number): Promise<FileOffer> {
    const { settings, files, links, access } = this.#parts;
    if (size > settings.maxBytes)
      throw new MessagingRefusal("too-large", `A file may have ${settings.maxBytes / 1_048_576} MiB at most.`);
    const clean = cleanFileName(name);
    if (clean === undefined) throw new MessagingRefusal("not-allowed", "That is not the name of a file.");
    const { key } = await access.writable(actor.user, of);
    const fileId = fileIdFor(key);
    const at = this.#parts.clock.now();
    await files.begin({ fileId, key, by: printUserId(actor.user), name: clean, size, at });
    const link = links.make("upload", fileId, at + settings.uploadLife);
    return { fileId, upload: `/files/upload/${link}`, expiresInMs: settings.uploadLife };
  }

  /** How far an upload has come. */
  async progress(link: string): Promise<{ readonly offset: number; readonly size: number } | undefined> {
    const fileId = this.#parts.links.read("upload", link);
    const found = fileId === undefined ? undefined : await this.#parts.files.find(fileId);
    return found && { offset: found.offset, size: found.facts.size };
  }

  /** A part that begins at `offset`. With the last one the file is judged, and gone when it may not pass. */
  async take(link: string, offset: number, bytes: Uint8Array): Promise<Uploaded> {
    const fileId = this.#parts.links.read("upload", link);
    if (!fileId) return refuse("unknown", "This upload is over, or never was.");
    return this.#turns.run(fileId, () => this.#take(fileId, offset, bytes));
  }

  /** What the link is for; undefined when it does not hold. */
  async download(link: string): Promise<Download | undefined> {
    const { links, files } = this.#parts;
    const fileId = links.read("download", link) ?? links.read("check", link);
    const found = fileId && (await files.find(fileId));
    if (!found || found.offset < found.facts.size) return undefined;
    const { name, type = unjudged, size } = found.facts;
    return { name, type, size, content: files.read(fileId) };
  }

  /** A link for one who is in the conversation. @throws MessagingRefusal `bad-target` */
  async link(actor: Actor, of: Conversation, fileId: FileId): Promise<{ url: string; expiresInMs: number }> {
    const { access, settings } = this.#parts;
    const { key } = await access.readable(actor.user, of);
    const facts = (await this.#find(fileId))?.facts;
    if (facts?.key !== key || facts.messageId === undefined) throw noSuchFile();
    return { url: this.#urlFor("download", facts), expiresInMs: settings.linkLife };
  }

  /**
   * The files that a message is sent with belong to it from now on.
   * @throws MessagingRefusal `bad-target` for one that is not whole, of another conversation or sender, or sent before
   */
  async claim(key: string, by: string, messageId: string, fileIds: readonly FileId[]): Promise<readonly KeptFile[]> {
    const { files } = this.#parts;
    const claimed: KeptFile[] = [];
    for (const fileId of new Set(fileIds)) {
      const facts = (await this.#find(fileId))?.facts;
      const free = facts?.messageId === undefined || facts.messageId === messageId;
      if (facts?.key !== key || facts.by !== by || facts.type === undefined || !free) throw noSuchFile();
      claimed.push({ fileId, name: facts.name, type: facts.type, size: facts.size });
    }
    for (const { fileId } of claimed) await files.settle(fileId, { messageId });
    return claimed;
  }

  /** The message was taken back. */
  async forget(key: string, by: string, messageId: string): Promise<void> {
    const { files } = this.#parts;
    for (const facts of await files.of(key))
      if (facts.by === by && facts.messageId === messageId) await files.remove(facts.fileId);
  }

  /** Removes what is too old, what was never sent, and what belonged to conversations that are gone. */
  async prune(): Promise<void> {
    const { files, conversations, clock, settings } = this.#parts;
    await files.prune(async ({ at, messageId, key }) => {
      const age = clock.now() - at;
      if (messageId === undefined) return age > settings.uploadLife;
      return age > settings.age || (await conversations.members(key)) === undefined;
    });
  }

  async #take(fileId: FileId, offset: number, bytes: Uint8Array): Promise<Uploaded> {
    const { files } = this.#parts;
    const found = await files.find(fileId);
    if (!found) return refuse("unknown", "This upload is over, or never was.");
    const { facts } = found;
    if (offset !== found.offset) return refuse("conflict", `The upload stands at ${found.offset}.`);
    // Its last part came before, and the answer was lost.
    if (facts.type !== undefined && bytes.length === 0) return { offset };
    if (offset + bytes.length > facts.size) {
      await files.remove(fileId);
      return refuse("too-large", "That is more than was announced.");
    }
    const end = await files.append(fileId, offset, bytes);
    if (end === undefined) return refuse("conflict", "Another part came first.");
    return end < facts.size ? { offset: end } : this.#judge(facts);
  }

  async #judge(facts: FileFacts): Promise<Uploaded> {
    const { files, log } = this.#parts;
    const { fileId, by, size } = facts;
    const type = typeOfContent(await this.#head(fileId));
    const refusal = await this.#refusal(facts, type);
    if (refusal) {
      log.info("file refused", { file: fileId, by, type, why: refusal.refused });
      await files.remove(fileId);
      return refusal;
    }
    await files.settle(fileId, { type });
    return { offset: size };
  }

  async #refusal(facts: FileFacts, type: string): Promise<Refused | undefined> {
    const { settings, check } = this.#parts;
    if (!allowsType(settings.types, type)) return refuse("type", `Files of the type ${type} are not taken here.`);
    const { fileId, name, size, by } = facts;
    const passes = !check || (await check({ fileId, name, type, size, by, url: this.#urlFor("check", facts) }));
    return passes ? undefined : refuse("denied", "This file may not be sent here.");
  }

  /** Ids come from outside, and lead to paths. */
  async #find(fileId: string): Promise<StoredFile | undefined> {
    return isFileId(fileId) ? this.#parts.files.find(fileId) : undefined;
  }

  async #head(fileId: FileId): Promise<Uint8Array> {
    let head = Buffer.alloc(0);
    for await (const part of this.#parts.files.read(fileId)) {
      head = Buffer.concat([head, part]);
      if (head.length >= sniffedBytes) break;
    }
    return head.subarray(0, sniffedBytes);
  }

  #urlFor(use: "download" | "check", { fileId, name }: FileFacts): string {
    const { links, settings, clock } = this.#parts;
    const link = links.make(use, fileId, clock.now() + settings.linkLife);
    const path = `/files/${link}/${encodeURIComponent(name)}`;
    return `${settings.publicUrl ?? ""}${path}`;
  }
}
