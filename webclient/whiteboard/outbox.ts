import type { Timer } from "../../gateway/base/clock.ts";
import { ClientError } from "../index.ts";
import { joined, split, type Change } from "./change.ts";
import type { BoardDocument } from "./document.ts";
import type { BoardWire } from "./wire.ts";

export interface OutboxParts {
  readonly wire: BoardWire;
  readonly boardId: string;
  readonly document: BoardDocument;
  /** A change was refused and taken back. */
  refused(why: ClientError): void;
  /** The document looks different. */
  changed(): void;
}

/**
 * What this page has drawn, on its way to the gateway: one change after another, so that they are ordered as they were
 * made. What is drawn meanwhile, or without a connection, gathers in one. A change that may have come already is sent
 * again under its id, and counts once.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  /** Changes that are kept, and the numbers that they got: done when the document is as far. */
  readonly #accepted = new Map<string, number>();
  #sending: string | undefined;
  #waiting: Timer | undefined;
  #over = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  add(change: Change): void {
    const { document, wire } = this.#parts;
    const last = document.pending.at(-1);
    const waits = last && last.drawId !== this.#sending && !this.#accepted.has(last.drawId);
    if (waits) document.settled(last.drawId);
    for (const part of split(waits ? joined(last, change) : change))
      document.draw({ ...part, drawId: wire.channel.newId() });
    this.#parts.changed();
    void this.#send();
  }

  /** There is a connection again, and the board is open there. */
  again(): void {
    void this.#send();
  }

  /** The document has come further. */
  progressed(): void {
    const { document } = this.#parts;
    for (const [drawId, number] of this.#accepted) {
      if (number > document.number) continue;
      this.#accepted.delete(drawId);
      document.settled(drawId);
    }
  }

  close(): void {
    this.#over = true;
    this.#waiting?.cancel();
  }

  async #send(): Promise<void> {
    const { document, boardId, wire } = this.#parts;
    const next = document.pending.find(({ drawId }) => !this.#accepted.has(drawId));
    if (!next || this.#sending !== undefined || this.#waiting || this.#over) return;
    this.#sending = next.drawId;
    const { drawId, put, remove, background } = next;
    try {
      const { number } = await wire.ask(
        { type: "board.draw", boardId, drawId, put: [...put], remove: [...remove], ...(background && { background }) },
        "board.accepted",
      );
      this.#accepted.set(drawId, number);
      this.progressed();
    } catch (thrown) {
      this.#sending = undefined;
      if (!(thrown instanceof ClientError)) throw thrown;
      if (this.#comesLater(thrown)) return;
      document.settled(drawId);
      this.#parts.refused(thrown);
    }
    this.#sending = undefined;
    this.#parts.changed();
    void this.#send();
  }

  /** True when the change can be sent again, and when that is known. */
  #comesLater({ code, retryAfterMs }: ClientError): boolean {
    if (code === "rate-limited")
      this.#waiting = this.#parts.wire.channel.clock.after(retryAfterMs ?? 1_000, () => {
        this.#waiting = undefined;
        void this.#send();
      });
    return code === "rate-limited" || code === "unreachable";
  }
}
