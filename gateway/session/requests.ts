import type { ClientFrame } from "../protocol/client-frame.ts";
import type { Answer } from "../protocol/server-frame.ts";
import { GivenAnswers } from "./given-answers.ts";

/** What requests need of their session. */
export interface RequestOwner {
  handle(frame: ClientFrame): Answer | Promise<Answer>;
  /** A handler failed: the answer to that. */
  failed(frame: ClientFrame, fault: unknown): Answer;
  /** For what is done in a turn of its own. */
  turn(act: () => void): void;
  answered(frame: ClientFrame, answer: Answer): void;
}

/** The requests of one session: each is done once, whatever comes again, and answered. */
export class Requests {
  readonly #owner: RequestOwner;
  readonly #answers: GivenAnswers;
  #idle: (() => void)[] = [];

  constructor(owner: RequestOwner, given: readonly (readonly [id: string, answer: Answer])[] = []) {
    this.#owner = owner;
    this.#answers = new GivenAnswers(given);
  }

  /** The answers that are kept, oldest first. */
  get given(): readonly (readonly [id: string, answer: Answer])[] {
    return this.#answers.all;
  }

  /** What the request was answered with. */
  answerTo(id: string): Answer | undefined {
    return this.#answers.of(id);
  }

  give(id: string, answer: Answer): void {
    this.#answers.give(id, answer);
  }

  /** Not for one that is answered already. */
  begin(frame: ClientFrame): void {
    if (!this.#answers.begin(frame.id)) return;
    const answer = this.#owner.handle(frame);
    if (!(answer instanceof Promise)) return this.#done(frame, answer);
    void answer
      .catch((fault: unknown) => this.#owner.failed(frame, fault))
      .then((given) => this.#owner.turn(() => this.#done(frame, given)));
  }

  /** Resolves when all that was begun is answered. */
  async idle(): Promise<void> {
    if (this.#answers.begun > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #done(frame: ClientFrame, answer: Answer): void {
    this.#answers.give(frame.id, answer);
    this.#owner.answered(frame, answer);
    if (this.#answers.begun === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
