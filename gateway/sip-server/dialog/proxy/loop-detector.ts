import { createHmac } from "node:crypto";
import type { SipRequest } from "../../../sip-syntax/message.ts";
import { branchOf, parseVia } from "../../../sip-syntax/via.ts";
import type { Listener } from "../../transport/flow.ts";
import { isLocal } from "./record-route.ts";

/** What decides where a request goes, and which request it is (RFC 3261 16.6 step 8, RFC 5393 4.2.1). */
const deciding = ["From", "To", "Call-ID", "CSeq", "Route", "Proxy-Require", "Proxy-Authorization"] as const;

/**
 * Tells a loop from a spiral: what we forward carries a mark in the branch of our Via; who comes back with the mark that
 * it would get again goes in circles (RFC 3261 16.3 step 4).
 */
export class LoopDetector {
  readonly #key: Buffer;
  readonly #listeners: () => readonly Listener[];

  /** `secret`: what no stranger knows. */
  constructor(secret: string, listeners: () => readonly Listener[]) {
    this.#key = createHmac("sha256", secret).update("loop").digest();
    this.#listeners = listeners;
  }

  /** The end of the branch for `request`, as it was received. */
  markOf({ uri, headers }: SipRequest): string {
    const text = [uri, ...deciding.flatMap((name) => [name, ...headers.lines(name)])].join("\n");
    return `.${createHmac("sha256", this.#key).update(text).digest("base64url").slice(0, 16)}`;
  }

  isLoop(request: SipRequest): boolean {
    // The first is whoever sent it to us.
    const [, ...passed] = request.headers.list("Via");
    if (passed.length === 0) return false;
    const mark = this.markOf(request);
    return passed.some((via) => via.includes(mark) && this.#isOurs(via, mark));
  }

  #isOurs(text: string, mark: string): boolean {
    const via = parseVia(text);
    const port = via.port === undefined ? "" : `:${via.port}`;
    return branchOf(via).endsWith(mark) && isLocal(`sip:${via.host}${port}`, this.#listeners());
  }
}
