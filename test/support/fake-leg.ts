import assert from "node:assert/strict";
import { parseJson } from "../../gateway/base/json.ts";
import type { CodecPolicy, Leg, LegCommand, LegFact, LegId, LegKind, Party } from "../../gateway/call/leg.ts";

/** A leg that a test plays: it keeps what it was commanded and reports what the test says. */
export class FakeLeg implements Leg {
  readonly id: LegId;
  readonly kind: LegKind;
  readonly party: Party;
  readonly codecs?: CodecPolicy;
  /** Its page has no connection. */
  away?: boolean;
  readonly commands: LegCommand[] = [];
  #listener: ((fact: LegFact) => void) | undefined;

  constructor(id: string, kind: LegKind = "rtp", party: Party = { address: { user: `${id}@a.example` } }) {
    this.id = id as LegId;
    this.kind = kind;
    this.party = party;
  }

  command(command: LegCommand): void {
    this.commands.push(throughJson(command));
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = undefined);
  }

  /** Something happened on the far side. */
  fact(fact: LegFact): void {
    this.#listener?.(throughJson(fact));
  }

  /** True while a call listens. */
  get heard(): boolean {
    return this.#listener !== undefined;
  }

  /** What it was commanded, in short: `offer`, `ringing`, `end`. */
  get done(): readonly string[] {
    return this.commands.map((command) => command.do);
  }

  last<Name extends LegCommand["do"]>(name: Name): Extract<LegCommand, { do: Name }> {
    const found = this.commands.findLast((command) => command.do === name);
    assert.ok(found, `${this.id} was never commanded to ${name}, but to: ${this.done.join(", ")}`);
    return found as Extract<LegCommand, { do: Name }>;
  }
}

/** A leg may live on another node: what it is told and what it tells must survive JSON unchanged. */
function throughJson<T>(value: T): T {
  const copy = parseJson(JSON.stringify(value), (read): read is T => read !== undefined);
  assert.deepEqual(copy, value);
  return copy;
}
