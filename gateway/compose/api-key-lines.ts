import { stringify } from "yaml";
import { randomToken } from "../base/ids.ts";
import { hashApiKey } from "../identity/api-keys.ts";
import type { ApiRight } from "../protocol/rest/values.ts";

export interface NewApiKey {
  readonly id: string;
  readonly domain: string;
  readonly rights: readonly ApiRight[];
}

/** A fresh key, and the lines of the configuration file that accept it. */
export function newApiKey(setting: NewApiKey): { readonly key: string; readonly lines: string } {
  const key = randomToken(32);
  const { id, ...scope } = setting;
  return { key, lines: stringify({ apiKeys: [{ id, hash: hashApiKey(key), ...scope }] }) };
}
