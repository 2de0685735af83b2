import type { BoardInfo } from "../../gateway/protocol/whiteboard-values.ts";
import { ClientError } from "../index.ts";
import type { BoardDocument, Ordered } from "./document.ts";
import type { BoardWire } from "./wire.ts";

export interface SyncParts {
  readonly wire: BoardWire;
  readonly boardId: string;
  readonly document: BoardDocument;
  opened(board: BoardInfo, seat: number): void;
  /** These elements were put or taken away, by this page or another. */
  drawn(ids: readonly string[]): void;
  /** All is here that was there when it began. */
  caughtUp(): void;
  /** The board cannot be opened any more. */
  lost(why: ClientError): void;
}

/** Keeps the document as far as the gateway's: opens the board, reads what is new, follows what is drawn. */
export class BoardSync {
  readonly #parts: SyncParts;
  readonly #offs: readonly (() => void)[];
  /** What was drawn while the rest is read; undefined when all is read. */
  #later: Ordered[] | undefined = [];
  /** Counts the readings: one that is overtaken counts no more. */
  #reading = 0;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    const { wire, boardId } = parts;
    this.#offs = [
      wire.onEvent((event) => {
        if (event.type === "board.drawn" && event.boardId === boardId) this.#drawn(event);
      }),
      wire.channel.onAgain(() => void this.open()),
    ];
  }

  /** Resolves when all has been read, or when there is no connection: it is then read with the next one. */
  async open(): Promise<void> {
    const reading = ++this.#reading;
    this.#later = [];
    try {
      await this.#read(() => reading === this.#reading);
    } catch (thrown) {
      if (!(thrown instanceof ClientError)) throw thrown;
      if (reading !== this.#reading || thrown.code === "unreachable") return;
      if (thrown.code === "rate-limited")
        this.#parts.wire.channel.clock.after(thrown.retryAfterMs ?? 1_000, () => {
          if (reading === this.#reading) void this.open();
        });
      else this.#parts.lost(thrown);
    }
  }

  close(): void {
    this.#reading += 1;
    for (const off of this.#offs) off();
  }

  async #read(counts: () => boolean): Promise<void> {
    const { wire, boardId, document, opened, drawn, caughtUp } = this.#parts;
    const { board, seat } = await wire.ask({ type: "board.open", boardId }, "board.opened");
    if (!counts()) return;
    opened(board, seat);
    let began: number | undefined;
    for (;;) {
      const since = document.number;
      const request = { type: "board.read", boardId, since, ...(began !== undefined && { began }) } as const;
      const part = await wire.ask(request, "board.part");
      if (!counts()) return;
      if (part.whole) began = part.latest;
      document.read(part);
      drawn(part.put.map(({ elementId }) => elementId));
      if (part.number >= part.latest) break;
    }
    const later = this.#later ?? [];
    this.#later = undefined;
    for (const change of later) this.#drawn(change);
    caughtUp();
  }

  #drawn(change: Ordered): void {
    if (this.#later) return void this.#later.push(change);
    if (!this.#parts.document.take(change)) return void this.open();
    this.#parts.drawn([...change.remove, ...change.put.map(({ elementId }) => elementId)]);
  }
}
