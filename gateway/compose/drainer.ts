import type { Bus } from "../directory/bus.ts";
import type { Nodes } from "../directory/nodes.ts";
import { Drain } from "../session/drain.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Frame } from "./frame.ts";

export interface DrainerParts {
  readonly frame: Pick<Frame, "config" | "clock" | "log">;
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly sessions: Sessions;
  /** Calls that are not over. */
  calls(): number;
  /** Where pages come in. */
  readonly edges: readonly { turnAway(): void }[];
}

/** What SIGTERM begins with where other nodes are there: they take over before this one goes. */
export class Drainer {
  readonly #parts: DrainerParts;
  #drain: Drain | undefined;

  constructor(parts: DrainerParts) {
    this.#parts = parts;
  }

  get drains(): boolean {
    return this.#drain !== undefined;
  }

  /** Resolves when this node may go: at once when no other node is there. */
  async drain(): Promise<void> {
    const { frame, bus, nodes, sessions, calls, edges } = this.#parts;
    if (!bus.isUp || nodes.others.length === 0 || this.#drain) return;
    for (const edge of edges) edge.turnAway();
    const { clock, log, config } = frame;
    log.info("draining", { sessions: sessions.size, calls: calls() });
    const timeout = config.session.drain;
    this.#drain = new Drain({ clock, sessions: () => sessions.all, calls, timeout });
    await this.#drain.done;
    log.info("drained", { sessions: sessions.size, calls: calls() });
  }

  /** Waits no longer. */
  close(): void {
    this.#drain?.close();
  }
}
