/**
 * Inputs are handled one at a time, in order of arrival; an input posted during a turn waits for its end.
 * A turn never awaits: `handle` is synchronous. What it throws is reported and ends that turn only.
 */
export class Mailbox<Input> {
  readonly #handle: (input: Input) => void;
  readonly #fault: (fault: unknown, input: Input) => void;
  readonly #queue: Input[] = [];
  #busy = false;
  #closed = false;

  constructor(handle: (input: Input) => void, fault: (fault: unknown, input: Input) => void) {
    this.#handle = handle;
    this.#fault = fault;
  }

  post(input: Input): void {
    if (this.#closed) return;
    this.#queue.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      let next: Input | undefined;
      while ((next = this.#queue.shift()) !== undefined) this.#turn(next);
    } finally {
      this.#busy = false;
    }
  }

  /** Later posts are dropped; what is queued is not handled any more. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
  }

  #turn(input: Input): void {
    try {
      this.#handle(input);
    } catch (fault) {
      this.#fault(fault, input);
    }
  }
}
