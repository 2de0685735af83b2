import type { Clock } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { Bus, Subscription, Topic } from "./bus.ts";
import type { Nodes } from "./nodes.ts";

/** Something that a node asks all others. */
export interface QuestionKind<Question, Answer> {
  readonly name: string;
  isQuestion(value: unknown): value is Question;
  isAnswer(value: unknown): value is Answer;
}

interface Asked<Question> {
  readonly ask: string;
  readonly question: Question;
}

interface Answered<Answer> {
  readonly ask: string;
  readonly answer: Answer;
}

const askedTopic = <Q, A>({ name, isQuestion }: QuestionKind<Q, A>): Topic<Asked<Q>> => ({
  name: `ask/${name}`,
  is: (value): value is Asked<Q> => isRecord(value) && typeof value.ask === "string" && isQuestion(value.question),
});

const answeredTopic = <Q, A>({ name, isAnswer }: QuestionKind<Q, A>, node: string): Topic<Answered<A>> => ({
  name: `answer/${name}/${node}`,
  is: (value): value is Answered<A> => isRecord(value) && typeof value.ask === "string" && isAnswer(value.answer),
});

export interface QuestionParts {
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long the others have to answer, in milliseconds. */
const answerMs = 300;

interface Asking<Answer> {
  readonly waitedFor: Set<string>;
  readonly answers: Map<string, Answer>;
  done(): void;
}

/** Asks all other nodes something, and waits a moment for what they say. */
export class NodeQuestions<Question, Answer> {
  readonly #parts: QuestionParts;
  readonly #kind: QuestionKind<Question, Answer>;
  readonly #asking = new Map<string, Asking<Answer>>();
  /** Nodes that did not answer in time: not waited for again before they have answered something. */
  readonly #silent = new Set<string>();
  readonly #subscription: Subscription;
  readonly #off: () => void;

  constructor(kind: QuestionKind<Question, Answer>, parts: QuestionParts) {
    this.#kind = kind;
    this.#parts = parts;
    const { bus, nodes } = parts;
    this.#subscription = bus.subscribe(answeredTopic(kind, bus.node), ({ ask, answer }, { node }) => {
      this.#silent.delete(node);
      const asking = this.#asking.get(ask);
      asking?.answers.set(node, answer);
      this.#notWaitedFor(asking, node);
    });
    this.#off = nodes.on("gone", (node) => {
      this.#silent.delete(node);
      for (const asking of [...this.#asking.values()]) this.#notWaitedFor(asking, node);
    });
  }

  /** Answers by node. Undefined when there is no other node that could be asked: then nobody waits. */
  ask(question: Question): Promise<ReadonlyMap<string, Answer>> | undefined {
    const { bus, nodes, clock, log } = this.#parts;
    const { others } = nodes;
    if (others.length === 0 || !bus.isUp) return undefined;
    return new Promise((resolve) => {
      const ask = uuid();
      const answers = new Map<string, Answer>();
      const done = (): void => {
        if (!this.#asking.delete(ask)) return;
        timer.cancel();
        resolve(answers);
      };
      const waitedFor = new Set(others.filter((node) => !this.#silent.has(node)));
      const timer = clock.after(answerMs, () => {
        for (const node of waitedFor) this.#silent.add(node);
        log.warn("nodes did not answer in time", { question: this.#kind.name, nodes: waitedFor.size });
        done();
      });
      this.#asking.set(ask, { waitedFor, answers, done });
      void bus.send(askedTopic(this.#kind), { ask, question });
      if (waitedFor.size === 0) done();
    });
  }

  close(): void {
    this.#subscription.close();
    this.#off();
    for (const { done } of [...this.#asking.values()]) done();
  }

  #notWaitedFor(asking: Asking<Answer> | undefined, node: string): void {
    if (asking?.waitedFor.delete(node) && asking.waitedFor.size === 0) asking.done();
  }
}

/** Answers what other nodes ask; `answer` does not reject. */
export function answerNodes<Question, Answer>(
  kind: QuestionKind<Question, Answer>,
  bus: Bus,
  answer: (question: Question, node: string) => Promise<Answer>,
): Subscription {
  return bus.subscribe(askedTopic(kind), ({ ask, question }, { node }) => {
    if (node === bus.node) return;
    void answer(question, node).then((said) => bus.send(answeredTopic(kind, node), { ask, answer: said }));
  });
}
