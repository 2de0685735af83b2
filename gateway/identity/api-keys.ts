import { createHash } from "node:crypto";

/** A key by which a server of the application asks for things. */
export interface ApiKey<Right extends string = string> {
  /** What logs and metrics call it. */
  readonly id: string;
  /** SHA-256 of the key, in hexadecimal digits: a key is random and long, so that nothing slower is needed. */
  readonly hash: string;
  /** The only domain that it sees. */
  readonly domain: string;
  readonly rights: readonly Right[];
  /** Requests in a minute. */
  readonly perMinute: number;
}

/** The hash of a key as the configuration has it. */
export const hashApiKey = (key: string): string => createHash("sha256").update(key).digest("hex");

/** Which key somebody has. */
export class ApiKeys<Key extends ApiKey> {
  readonly #byHash: ReadonlyMap<string, Key>;

  constructor(keys: readonly Key[]) {
    this.#byHash = new Map(keys.map((key) => [key.hash.toLowerCase(), key]));
  }

  /** Looked up by its hash, so that how long it takes tells nothing of the key. */
  find(key: string): Key | undefined {
    return this.#byHash.get(hashApiKey(key));
  }
}
