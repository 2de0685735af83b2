import type { Brand } from "./ids.ts";

/** Bytes that are kept for long and hardly ever read, a letter a byte: a small Buffer takes three times the memory. */
export type KeptBytes = Brand<string, "KeptBytes">;

export const keepBytes = (bytes: Buffer): KeptBytes => bytes.toString("latin1") as KeptBytes;

export const bytesOf = (kept: KeptBytes): Buffer => Buffer.from(kept, "latin1");
