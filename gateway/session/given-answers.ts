import type { Answer } from "../protocol/server-frame.ts";

/** Answers kept, so that a repeated request is answered and not done again. */
const keptAnswers = 256;

/** Large, and asked for again they harm nobody: not kept. */
const readAnew: ReadonlySet<Answer["type"]> = new Set(["board.part"]);

/** What the requests of one session were answered with, and which are being done. */
export class GivenAnswers {
  readonly #answers: Map<string, Answer>;
  readonly #begun = new Set<string>();

  /** `given`: what was answered elsewhere, oldest first. */
  constructor(given: readonly (readonly [id: string, answer: Answer])[] = []) {
    this.#answers = new Map(given);
  }

  get all(): readonly (readonly [id: string, answer: Answer])[] {
    return [...this.#answers];
  }

  /** How many are being done. */
  get begun(): number {
    return this.#begun.size;
  }

  /** Undefined for a request that is new, or no longer remembered. */
  of(id: string): Answer | undefined {
    return this.#answers.get(id);
  }

  /** False when it is being done already: its answer will come. */
  begin(id: string): boolean {
    if (this.#begun.has(id)) return false;
    this.#begun.add(id);
    return true;
  }

  give(id: string, answer: Answer): void {
    this.#begun.delete(id);
    if (readAnew.has(answer.type)) return;
    this.#answers.set(id, answer);
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size > keptAnswers && oldest !== undefined) this.#answers.delete(oldest);
  }
}
