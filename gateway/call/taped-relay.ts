import { messageOf } from "../base/errors.ts";
import { RelayError, type LegCounters, type RelaySession, type RelaySide } from "../media/relay.ts";
import type { JournalEntry, RelayEntry, SdpOutline } from "./journal.ts";
import type { Side } from "./negotiation.ts";

/** Takes down what a relay session does. */
export interface RelayWitness {
  readonly monotonic: number;
  note(entry: JournalEntry): void;
  sideOf(tag: string): Side;
  outline(sdp: string): SdpOutline | undefined;
}

type Operation = Pick<RelayEntry, "operation" | "side">;

/** A relay session whose operations are taken down, with how long they took and what came of them. */
export class TapedRelaySession implements RelaySession {
  readonly id: string;
  readonly relay: string;
  readonly #session: RelaySession;
  readonly #witness: RelayWitness;

  constructor(session: RelaySession, witness: RelayWitness) {
    this.id = session.id;
    this.relay = session.relay;
    this.#session = session;
    this.#witness = witness;
  }

  offer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    return this.#describe("offer", from, () => this.#session.offer(from, to, sdp));
  }

  answer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    return this.#describe("answer", from, () => this.#session.answer(from, to, sdp));
  }

  renew(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    return this.#describe("renew", from, () => this.#session.renew(from, to, sdp));
  }

  remove(leg: string): Promise<void> {
    return this.#session.remove(leg);
  }

  sendDigit(leg: string, digit: string, durationMs: number): Promise<void> {
    const operation = { operation: "digit", side: this.#witness.sideOf(leg) } as const;
    return this.#timed(operation, () => this.#session.sendDigit(leg, digit, durationMs));
  }

  watch(): void {
    this.#session.watch();
  }

  unwatch(): void {
    this.#session.unwatch();
  }

  async close(): Promise<readonly LegCounters[] | undefined> {
    const counters = await this.#session.close();
    if (counters) this.#counted(counters);
    return counters;
  }

  #describe(operation: "offer" | "answer" | "renew", { leg }: RelaySide, act: () => Promise<string>): Promise<string> {
    return this.#timed({ operation, side: this.#witness.sideOf(leg) }, act, (sdp) => this.#witness.outline(sdp));
  }

  async #timed<T>(
    operation: Operation,
    act: () => Promise<T>,
    outline: (result: T) => SdpOutline | undefined = () => undefined,
  ): Promise<T> {
    const from = this.#witness.monotonic;
    const note = (result: Pick<RelayEntry, "failed" | "given">): void =>
      this.#witness.note({ is: "relay", relay: this.relay, ...operation, tookMs: this.#since(from), ...result });
    try {
      const result = await act();
      const given = outline(result);
      note(given ? { given } : {});
      return result;
    } catch (fault) {
      note({ failed: fault instanceof RelayError ? fault.code : messageOf(fault) });
      throw fault;
    }
  }

  #since(from: number): number {
    return Math.round((this.#witness.monotonic - from) * 10) / 10;
  }

  #counted(counters: readonly LegCounters[]): void {
    const sides = counters.map(({ leg, ...counted }) => [this.#witness.sideOf(leg), counted] as const);
    this.#witness.note({ is: "counters", relay: this.relay, sides: Object.fromEntries(sides) });
  }
}
