import { isRecord } from "../base/json.ts";
import type { Subscription } from "../directory/bus.ts";
import { answerNodes, NodeQuestions, type QuestionKind, type QuestionParts } from "../directory/node-questions.ts";
import type { OpenCall, SessionState } from "../protocol/rest/values.ts";
import type { OpenCalls } from "./open-calls.ts";
import type { Sessions } from "./sessions.ts";

interface Question {
  readonly do: "list-sessions" | "list-calls" | "end-session" | "end-call";
  readonly domain: string;
  /** Of what is to end: a session's id, a call's reference. */
  readonly id?: string;
}

interface Answer {
  readonly sessions?: readonly SessionState[];
  readonly calls?: readonly OpenCall[];
  readonly ended?: boolean;
}

const kind: QuestionKind<Question, Answer> = {
  name: "inside",
  isQuestion: (value): value is Question =>
    isRecord(value) &&
    [value.do, value.domain].every((text) => typeof text === "string") &&
    (value.id === undefined || typeof value.id === "string"),
  isAnswer: (value): value is Answer =>
    isRecord(value) && [value.sessions, value.calls].every((list) => list === undefined || Array.isArray(list)),
};

export interface EverywhereParts extends QuestionParts {
  readonly sessions: Pick<Sessions, "list" | "end">;
  readonly calls: OpenCalls;
}

/** Sessions and calls of a domain at all nodes. One that does not answer at once is left out. */
export class Everywhere {
  readonly #parts: EverywhereParts;
  readonly #others: NodeQuestions<Question, Answer>;
  readonly #answering: Subscription;

  constructor(parts: EverywhereParts) {
    this.#parts = parts;
    this.#others = new NodeQuestions(kind, parts);
    this.#answering = answerNodes(kind, parts.bus, async (question) => this.#answer(question));
  }

  async sessions(domain: string): Promise<readonly SessionState[]> {
    const answers = await this.#ask({ do: "list-sessions", domain });
    return answers.flatMap(({ sessions = [] }) => sessions);
  }

  /** Oldest first. */
  async calls(domain: string): Promise<readonly OpenCall[]> {
    const answers = await this.#ask({ do: "list-calls", domain });
    return answers.flatMap(({ calls = [] }) => calls).sort((a, b) => a.at - b.at);
  }

  /** False when the domain has no such session. */
  endSession(domain: string, id: string): Promise<boolean> {
    return this.#end({ do: "end-session", domain, id });
  }

  /** False when the domain has no such call. */
  endCall(domain: string, id: string): Promise<boolean> {
    return this.#end({ do: "end-call", domain, id });
  }

  close(): void {
    this.#others.close();
    this.#answering.close();
  }

  async #end(question: Question): Promise<boolean> {
    if (this.#answer(question).ended) return true;
    const answers = await this.#others.ask(question);
    return [...(answers?.values() ?? [])].some(({ ended }) => ended === true);
  }

  async #ask(question: Question): Promise<readonly Answer[]> {
    const others = this.#others.ask(question);
    return [this.#answer(question), ...((await others)?.values() ?? [])];
  }

  #answer({ do: asked, domain, id = "" }: Question): Answer {
    const { sessions, calls } = this.#parts;
    switch (asked) {
      case "list-sessions":
        return { sessions: sessions.list(domain) };
      case "list-calls":
        return { calls: calls.list(domain) };
      case "end-session":
        return { ended: sessions.end(domain, id) };
      case "end-call":
        return { ended: calls.end(domain, id) };
      default:
        return {};
    }
  }
}
