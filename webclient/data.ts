import type { Json } from "../gateway/base/json.ts";
import { ClientError } from "./client-error.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import type { Conversation } from "./message.ts";
import type { Peer } from "./peer.ts";

export interface DataEvents {
  /** `group`: it was for all of that group. What one sender sent comes in order. */
  data: { readonly from: Peer; readonly group?: string; readonly value: Json };
}

/** Application data to whoever is there. Nothing is kept. */
export class Data extends LiveObject<object, DataEvents> {
  readonly #link: Link;

  constructor(link: Link) {
    super({});
    this.#link = link;
    link.events.on("fact", (fact) => {
      if (fact.type !== "data.received") return;
      const { from, group, value } = fact;
      this.emit("data", { from: Object.freeze(from), ...(group !== undefined && { group }), value: value as Json });
    });
    link.events.on("state", (state) => {
      if (state === "closed") this.finish();
    });
  }

  /**
   * Any JSON of at most 64 KiB, to all open pages of a user or of a group. Resolves when it is on its way.
   * @throws ClientError `unavailable` when nobody is there; `rate-limited`, with `retryAfterMs`; `unsupported` when it is
   * too large or no JSON; `bad-target`, `unreachable`
   */
  async send(to: Conversation, value: Json): Promise<void> {
    if (JSON.stringify(value) === undefined) throw new ClientError("unsupported", { text: "That is no JSON." });
    await this.#link.request({ type: "data.send", to, value }, "ok", () => undefined);
  }
}
