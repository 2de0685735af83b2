import type { Clock, Timer } from "../base/clock.ts";

/** What passes on a line: a numbered value, or only how far the other side's values have come. */
export interface LineFrame<Value> {
  /** The last number that came here; 0 for none. */
  readonly heard: number;
  /** From 1. */
  readonly n?: number;
  readonly value?: Value;
  /** How long ago it was said, in milliseconds: clocks of two nodes may differ. */
  readonly age?: number;
}

export interface LineParts<Said, Heard> {
  readonly clock: Clock;
  /** May lose what it is given, and may give it twice. */
  send(frame: LineFrame<Said>): void;
  /** Each value of the other side once, in order. */
  receive(value: Heard, age: number): void;
  /** The other side has taken nothing for too long: more waits than is kept. */
  overflown(): void;
}

/** How long an answer may take before what was said is said again, in milliseconds. */
const againMs = 500;
/** Values that wait until the other side has them. */
const maxUnheard = 256;

/** Values between two nodes, each once and in order, over a bus that may lose them: numbered, acknowledged, repeated. */
export class OrderedLine<Said, Heard> {
  readonly #parts: LineParts<Said, Heard>;
  readonly #unheard: { readonly n: number; readonly value: Said; readonly at: number }[] = [];
  #said = 0;
  #heard = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: LineParts<Said, Heard>) {
    this.#parts = parts;
  }

  /** The other side has everything. */
  get isHeard(): boolean {
    return this.#unheard.length === 0;
  }

  say(value: Said): void {
    if (this.#closed) return;
    if (this.#unheard.length >= maxUnheard) return this.#parts.overflown();
    const said = { n: (this.#said += 1), value, at: this.#parts.clock.monotonic() };
    this.#unheard.push(said);
    this.#plan();
    this.#send(said);
  }

  take({ heard, n, value, age = 0 }: LineFrame<Heard>): void {
    while (this.#unheard[0] && this.#unheard[0].n <= heard) this.#unheard.shift();
    if (this.#unheard.length === 0) this.#timer?.cancel();
    if (n === undefined) return;
    const isNext = n === this.#heard + 1;
    if (isNext) this.#heard = n;
    this.#parts.send({ heard: this.#heard });
    if (isNext && value !== undefined) this.#parts.receive(value, age);
  }

  /** Says again what may have been lost; when nothing may, only that this side is there. */
  repeat(): void {
    if (this.#unheard.length === 0) return this.#parts.send({ heard: this.#heard });
    for (const said of [...this.#unheard]) this.#send(said);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #send({ n, value, at }: { readonly n: number; readonly value: Said; readonly at: number }): void {
    const age = Math.round(this.#parts.clock.monotonic() - at);
    this.#parts.send({ heard: this.#heard, n, value, age });
  }

  #plan(): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(againMs, () => {
      this.#plan();
      this.repeat();
    });
  }
}
