import { createHmac, timingSafeEqual } from "node:crypto";
import { isFileId, type FileId } from "../directory/files.ts";

/** What a link is good for: sending a file's content, fetching it, or looking at it before it may pass. */
export type LinkUse = "upload" | "download" | "check";

/**
 * Links that hold for one file, one use and some time, by HMAC: whoever has one needs nothing else, and nobody makes
 * one up. All nodes have the same `secret`.
 */
export class FileLinks {
  readonly #secret: string;
  readonly #now: () => number;

  /** `now`: milliseconds since the epoch. */
  constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** `FILE/UNTIL.SIGNATURE`, to stand in a path. */
  make(use: LinkUse, fileId: FileId, until: number): string {
    const seconds = Math.floor(until / 1000);
    return `${fileId}/${seconds}.${this.#sign(use, fileId, seconds).toString("base64url")}`;
  }

  /** Whose link it is; undefined for one that never was, or is not good for this, or not any more. */
  read(use: LinkUse, link: string): FileId | undefined {
    const [, fileId = "", until = "", signature = ""] = /^([\w-]+)\/(\d{1,12})\.([\w-]{43})$/.exec(link) ?? [];
    if (!isFileId(fileId)) return undefined;
    const right = this.#sign(use, fileId, Number(until));
    const given = Buffer.from(signature, "base64url");
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return Number(until) * 1000 > this.#now() ? fileId : undefined;
  }

  #sign(use: LinkUse, fileId: FileId, seconds: number): Buffer {
    return createHmac("sha256", this.#secret).update(`${use} ${fileId} ${seconds}`).digest();
  }
}
