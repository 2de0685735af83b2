import type { Clock } from "./clock.ts";
import { CodedError } from "./errors.ts";

/** An operation did not finish in its time. `code` is `deadline`. */
export class DeadlineError extends CodedError<"deadline"> {
  constructor(what: string, ms: number) {
    super("deadline", `${what} did not finish within ${ms} ms`);
  }
}

/** Settles like `operation`, or rejects with DeadlineError after `ms` milliseconds. The operation itself is not stopped. */
export function withDeadline<T>(operation: Promise<T>, ms: number, what: string, clock: Clock): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new DeadlineError(what, ms)));
    operation.then(resolve, reject).finally(() => timer.cancel());
  });
}
