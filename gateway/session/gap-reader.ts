import type { Bus } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import type { Sessions } from "./sessions.ts";

/**
 * After what other nodes told may not have come, or a node died before it told what it had kept, the stores are read
 * again for all pages. One page after another, so that the stores have time for other work.
 */
export class GapReader {
  readonly #sessions: Sessions;
  readonly #offs: (() => void)[];
  #reading = false;
  #again = false;

  constructor({ bus, nodes, sessions }: { readonly bus: Bus; readonly nodes: Nodes; readonly sessions: Sessions }) {
    this.#sessions = sessions;
    const read = (): void => void this.#read();
    this.#offs = [bus.on("missed", read), nodes.on("gone", read)];
  }

  close(): void {
    for (const off of this.#offs) off();
  }

  async #read(): Promise<void> {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    while (this.#again) {
      this.#again = false;
      for (const session of this.#sessions.all) if (!session.identity.guest) await session.reread();
    }
    this.#reading = false;
  }
}
