import { randomBytes, randomFillSync, randomUUID } from "node:crypto";
import { ownText } from "./own-text.ts";

/** A string that was checked or made for one purpose: `Brand<string, "CallId">`. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** Node joins it of twenty pieces, which it would go on holding for as long as it lives. */
export const uuid = (): string => ownText(randomUUID());

/** `bytes` random bytes as base64url text. */
export function randomToken(bytes: number): string {
  if (bytes > pool.length) return randomBytes(bytes).toString("base64url");
  if (used + bytes > pool.length) used = 0;
  if (used === 0) randomFillSync(pool);
  return pool.toString("base64url", used, (used += bytes));
}

/** Asking the system for randomness costs microseconds, which many small tokens would add up. */
const pool = Buffer.alloc(4096);
let used = 0;

/** Letters and digits that nobody confuses when reading them aloud (no 0 O 1 I L U). */
const readable = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A short code for people, such as `K7F3QM`. */
export function readableCode(length = 6): string {
  return Array.from(randomBytes(length), (byte) => readable[byte % readable.length]).join("");
}
