import type { PushKeyPair, PushKeys } from "../push-keys.ts";

/** Lasts as long as the process. */
export class MemoryPushKeys implements PushKeys {
  #kept: PushKeyPair | undefined;

  async pair(make: () => PushKeyPair): Promise<PushKeyPair> {
    return (this.#kept ??= make());
  }
}
