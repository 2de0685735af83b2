import type { Message, Session } from "../../webclient/index.ts";
import { until } from "./until.ts";

/** One who sends without a pause, each message after the other, and what became of it. */
export class Sender {
  readonly accepted: Message[] = [];
  pending = 0;
  readonly #session: Session;
  readonly #to: { readonly user: string };
  #going = true;
  #done: Promise<void> | undefined;

  constructor(session: Session, to: { readonly user: string }) {
    this.#session = session;
    this.#to = to;
    session.messages.on("pending", () => void (this.pending += 1));
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Resolves when so many more have been accepted. */
  more(count: number): Promise<unknown> {
    const wanted = this.accepted.length + count;
    return until(`${count} more are accepted`, () => this.accepted.length >= wanted, 30_000);
  }

  /** Resolves when the last one is accepted. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let n = this.accepted.length; this.#going; n += 1)
      this.accepted.push(await this.#session.messages.send(this.#to, `text ${n}`));
  }
}
