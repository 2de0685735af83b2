import type { CodecPolicy, Leg, LegCommand, LegFact, LegId, LegKind, Party } from "./leg.ts";

/** Hears of what passes between a leg and its call. */
export interface LegWitness {
  fact(fact: LegFact): void;
  command(command: LegCommand): void;
}

/** A leg whose facts and commands somebody hears of first. */
export class TapedLeg implements Leg {
  readonly id: LegId;
  readonly #leg: Leg;
  readonly #witness: LegWitness;

  constructor(leg: Leg, witness: LegWitness) {
    this.id = leg.id;
    this.#leg = leg;
    this.#witness = witness;
  }

  get kind(): LegKind {
    return this.#leg.kind;
  }

  get party(): Party {
    return this.#leg.party;
  }

  get codecs(): CodecPolicy {
    return this.#leg.codecs ?? "follow";
  }

  command(command: LegCommand): void {
    this.#witness.command(command);
    this.#leg.command(command);
  }

  listen(listener: (fact: LegFact) => void): () => void {
    return this.#leg.listen((fact) => {
      this.#witness.fact(fact);
      listener(fact);
    });
  }
}
