import { createHash } from "node:crypto";
import type { RedisClient } from "./client.ts";

/** A Lua script, which Redis runs in one step: all of it or nothing. Its keys lie in one part of a Cluster. */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash("sha1").update(text).digest("hex");
  }

  /** Sends the text only to a Redis that has not got it yet. */
  async run(client: RedisClient, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#hash, keys.length, ...keys, ...values);
    } catch (fault) {
      if (!(fault instanceof Error && fault.message.startsWith("NOSCRIPT"))) throw fault;
      return client.eval(this.#text, keys.length, ...keys, ...values);
    }
  }
}
