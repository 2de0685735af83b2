import type { Relay } from "../media/relay.ts";

/** What a relay reports of one session. */
export type MediaFact =
  | { readonly is: "digit"; readonly leg: string; readonly digit: string; readonly durationMs: number }
  | { readonly is: "silent"; readonly leg: string }
  | { readonly is: "lost"; readonly reason: string };

/** Sorts the facts of all relays to the calls that own the sessions: one listener on the relay, however many calls. */
export class MediaFacts {
  readonly #listeners = new Map<string, (fact: MediaFact) => void>();
  readonly #off: readonly (() => void)[];

  constructor(relay: Relay) {
    this.#off = [
      relay.on("digit", ({ session, leg, digit, durationMs }) =>
        this.#tell(session, { is: "digit", leg, digit, durationMs }),
      ),
      relay.on("media-timeout", ({ session, leg }) => this.#tell(session, { is: "silent", leg })),
      relay.on("lost", ({ sessions, reason }) => sessions.forEach((id) => this.#tell(id, { is: "lost", reason }))),
    ];
  }

  /** Facts of `session` from now on; the returned function stops them. */
  watch(session: string, listener: (fact: MediaFact) => void): () => void {
    this.#listeners.set(session, listener);
    return () => void this.#listeners.delete(session);
  }

  close(): void {
    for (const off of this.#off) off();
    this.#listeners.clear();
  }

  #tell(session: string, fact: MediaFact): void {
    this.#listeners.get(session)?.(fact);
  }
}
