import type { Clock } from "../../base/clock.ts";

/** What a caller waits for: that it rings (180 to 189), and that it is answered. */
export type Milestone = "18x" | "200";

/** Times calls from their INVITE to these, each once. */
export class SetUpWatch<Transaction> {
  readonly #clock: Clock;
  readonly #reached: (milestone: Milestone, ms: number) => void;
  readonly #begun = new Map<Transaction, { readonly at: number; rang: boolean }>();

  constructor(clock: Clock, reached: (milestone: Milestone, ms: number) => void) {
    this.#clock = clock;
    this.#reached = reached;
  }

  began(transaction: Transaction): void {
    this.#begun.set(transaction, { at: this.#clock.monotonic(), rang: false });
  }

  ended(transaction: Transaction): void {
    this.#begun.delete(transaction);
  }

  responded(transaction: Transaction, status: number): void {
    if (status < 180) return;
    const begun = this.#begun.get(transaction);
    if (!begun) return;
    if (status >= 200) this.#begun.delete(transaction);
    if (status < 190 && !begun.rang) {
      begun.rang = true;
      this.#reached("18x", this.#clock.monotonic() - begun.at);
    } else if (status >= 200 && status < 300) this.#reached("200", this.#clock.monotonic() - begun.at);
  }
}
