import type { BoardEntry, RecentDraw } from "./board-journal.ts";
import type { BoardChange, BoardLimits, BoardMember, BoardMembership, BoardPart, Piece } from "./boards.ts";

/** Changes that are remembered one by one, and the removals among them. */
const recentDraws = 1_000;
const recentRemovals = 10_000;

interface Lying<P> {
  readonly piece: P;
  /** Of the change that put it there. */
  readonly number: number;
  readonly bytes: number;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** One board in memory. Nothing changes it but `apply`. */
export class BoardState<P extends Piece, Background> {
  /** By id, the one that was put last at the end. */
  readonly #pieces = new Map<string, Lying<P>>();
  #background: { readonly value: Background; readonly number: number; readonly bytes: number } | undefined;
  #bytes = 0;
  #name = "";
  #members: readonly BoardMember[] = [];
  #recent: RecentDraw[] = [];
  #removals = 0;
  #forgotten = 0;
  #number = 0;
  #at = 0;

  /** Of the last change. */
  get number(): number {
    return this.#number;
  }

  /** When it changed last. */
  get at(): number {
    return this.#at;
  }

  get membership(): BoardMembership {
    return { name: this.#name, members: this.#members };
  }

  /** The number of a change that was made already. */
  numberOf(drawId: string): number | undefined {
    return this.#recent.find((one) => one.drawId === drawId)?.number;
  }

  /** What makes it no larger always fits. */
  fits({ put, remove, background }: BoardChange<P, Background>, limits: BoardLimits): boolean {
    const after = new Map<string, number>(remove.map((id) => [id, -1]));
    for (const piece of put) after.set(piece.elementId, bytesOf(piece));
    let more = background === undefined ? 0 : bytesOf(background) - (this.#background?.bytes ?? 0);
    let pieces = 0;
    for (const [id, bytes] of after) {
      const known = this.#pieces.get(id);
      more += Math.max(0, bytes) - (known?.bytes ?? 0);
      pieces += Number(bytes >= 0) - Number(known !== undefined);
    }
    return (
      (more <= 0 || this.#bytes + more <= limits.bytes) &&
      (pieces <= 0 || this.#pieces.size + pieces <= limits.elements)
    );
  }

  apply(entry: BoardEntry<P, Background>): void {
    this.#at = Math.max(this.#at, entry.at);
    switch (entry.is) {
      case "members":
        this.#name = entry.name;
        this.#members = entry.members;
        return;
      case "draw":
        return this.#draw(entry);
      case "recent":
        this.#number = entry.number;
        this.#recent = [...entry.draws];
        this.#removals = entry.draws.reduce((sum, { removed }) => sum + removed.length, 0);
        this.#forgotten = entry.forgotten;
    }
  }

  part(since: number, bytes: number, began = since): BoardPart<P, Background> {
    const whole = since === 0 || Math.max(since, began) < this.#forgotten || since > this.#number;
    const from = whole ? 0 : since;
    const put: P[] = [];
    let size = 0;
    let number = from;
    let more = false;
    for (const lying of this.#pieces.values()) {
      if (lying.number <= from) continue;
      more = size >= bytes && lying.number !== number;
      if (more) break;
      put.push(lying.piece);
      size += lying.bytes;
      number = lying.number;
    }
    if (!more) number = this.#number;
    const gone = (draw: RecentDraw): boolean => draw.number > from && draw.number <= number;
    const remove = whole ? [] : this.#recent.filter(gone).flatMap(({ removed }) => removed);
    const background = this.#background;
    return {
      number,
      put,
      remove: [...new Set(remove)].filter((id) => !this.#pieces.has(id)),
      ...(background && background.number > from && background.number <= number && { background: background.value }),
      whole,
      latest: this.#number,
    };
  }

  /** The shortest that leads to the same. */
  get entries(): readonly BoardEntry<P, Background>[] {
    const at = this.#at;
    const entry = (number: number, put: readonly P[], background?: Background): BoardEntry<P, Background> => ({
      is: "draw",
      number,
      drawId: "",
      put,
      remove: [],
      ...(background !== undefined && { background }),
      at,
    });
    return [
      { is: "members", ...this.membership, at },
      ...(this.#background ? [entry(this.#background.number, [], this.#background.value)] : []),
      ...[...this.#pieces.values()].map(({ piece, number }) => entry(number, [piece])),
      { is: "recent", number: this.#number, forgotten: this.#forgotten, draws: this.#recent, at },
    ];
  }

  #draw({ number, drawId, put, remove, background }: Extract<BoardEntry<P, Background>, { is: "draw" }>): void {
    const removed = remove.filter((id) => this.#take(id));
    for (const piece of put) {
      this.#take(piece.elementId);
      const bytes = bytesOf(piece);
      this.#pieces.set(piece.elementId, { piece, number, bytes });
      this.#bytes += bytes;
    }
    if (background !== undefined) {
      const bytes = bytesOf(background);
      this.#bytes += bytes - (this.#background?.bytes ?? 0);
      this.#background = { value: background, number, bytes };
    }
    this.#number = Math.max(this.#number, number);
    this.#remember({ number, drawId, removed });
  }

  #take(id: string): boolean {
    const known = this.#pieces.get(id);
    this.#bytes -= known?.bytes ?? 0;
    return this.#pieces.delete(id);
  }

  #remember(draw: RecentDraw): void {
    this.#recent.push(draw);
    this.#removals += draw.removed.length;
    while (this.#recent.length > recentDraws || this.#removals > recentRemovals) {
      const oldest = this.#recent.shift();
      this.#removals -= oldest?.removed.length ?? 0;
      this.#forgotten = oldest?.number ?? this.#forgotten;
    }
  }
}
