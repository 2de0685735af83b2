import type { Clock, Timer } from "../gateway/base/clock.ts";
import type { ClientFrame } from "../gateway/protocol/client-frame.ts";
import type { Answer } from "../gateway/protocol/server-frame.ts";
import { ClientError, refusalError } from "./client-error.ts";

type WithoutId<Frame> = Frame extends unknown ? Omit<Frame, "id"> : never;
/** A request as it is written here; it is numbered when it is sent. */
export type Request = WithoutId<ClientFrame>;

export type AnswerType = Exclude<Answer["type"], "refused">;
export type AnswerOf<Type extends AnswerType> = Extract<Answer, { type: Type }>;

export const requestDeadlineMs = 10_000;

/** Connections on which a request is tried. One that ends each of them would go on for ever. */
const maxTries = 4;

interface Pending {
  readonly text: string;
  tries: number;
  answered(frame: Answer): void;
  lost(why: ClientError): void;
  /** Its connection is up: the deadline runs. */
  up(): void;
  down(): void;
}

/**
 * Requests and who waits for their answers. They may outlive a connection: what has no answer yet is sent again, with the
 * same id, and no deadline passes in between.
 */
export class Requests {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #pending = new Map<string, Pending>();
  #send: ((text: string) => void) | undefined;

  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Ids of those without an answer, oldest first. */
  get open(): readonly string[] {
    return [...this.#pending.keys()];
  }

  /**
   * Sends a request. `read` turns the answer into the result within the turn in which the answer came, so that no
   * event can overtake what it builds; a result that it only promises is waited for. `deadlineMs` passes however the connection fares; the usual one does not.
   * @throws ClientError as the gateway refused it; `unreachable` when the deadline passes or all is lost
   */
  ask<Type extends AnswerType, Result>(
    request: Request,
    expected: Type | readonly Type[],
    read: (answer: AnswerOf<Type>) => Result | Promise<Result>,
    deadlineMs?: number,
  ): Promise<Result> {
    const id = this.#newId();
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const run = (ms: number): void =>
        void (timer = this.#clock.after(ms, () => lost(new ClientError("unreachable"))));
      const settle = (how: () => void): void => {
        timer?.cancel();
        this.#pending.delete(id);
        how();
      };
      const lost = (why: ClientError): void => settle(() => reject(why));
      const pending: Pending = {
        text: JSON.stringify({ ...request, id }),
        tries: 0,
        answered: (answer) => settle(() => accept(answer, expected, read).then(resolve, reject)),
        lost,
        up: () => void (deadlineMs === undefined && run(requestDeadlineMs)),
        down: () => void (deadlineMs === undefined && timer?.cancel()),
      };
      if (deadlineMs !== undefined) run(deadlineMs);
      this.#pending.set(id, pending);
      if (this.#send) this.#start(pending, this.#send);
    });
  }

  /** An answer came. False when nobody waits for it. */
  take(answer: Answer): boolean {
    const pending = this.#pending.get(answer.re ?? "");
    pending?.answered(answer);
    return pending !== undefined;
  }

  /** From now on requests go there; first those without an answer, in their order. */
  attach(send: (text: string) => void): void {
    this.#send = send;
    for (const pending of [...this.#pending.values()]) this.#start(pending, send);
  }

  /** The connection is gone: requests wait for another. */
  detach(): void {
    this.#send = undefined;
    for (const pending of this.#pending.values()) pending.down();
  }

  /** Nobody will answer any more. */
  lose(why: ClientError): void {
    this.#send = undefined;
    for (const pending of [...this.#pending.values()]) pending.lost(why);
  }

  #start(pending: Pending, send: (text: string) => void): void {
    if (++pending.tries > maxTries) return pending.lost(new ClientError("unreachable"));
    pending.up();
    send(pending.text);
  }
}

/** `read` runs now; only its result waits. */
async function accept<Type extends AnswerType, Result>(
  answer: Answer,
  expected: Type | readonly Type[],
  read: (answer: AnswerOf<Type>) => Result | Promise<Result>,
): Promise<Result> {
  if (answer.type === "refused") throw refusalError(answer);
  if ([expected].flat().some((type) => type === answer.type)) return read(answer as AnswerOf<Type>);
  throw new ClientError("unsupported", { text: `The gateway answered with ${answer.type}.` });
}
