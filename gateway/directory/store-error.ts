import { CodedError } from "../base/errors.ts";

/**
 * A store that several processes share did not do what it was asked.
 * - `away`: it cannot be reached, or gave no answer in time; whether a change was made is not known.
 * - `full`: it has no room, or cannot write to its disk; nothing was changed.
 * - `newer`: a newer release has written what was asked for, and only that can read it; nothing was changed.
 */
export class StoreError extends CodedError<"away" | "full" | "newer"> {}

/** What `read` finds; undefined when a newer release has written it: it is left as it is. */
export function unlessNewer<T>(read: () => T): T | undefined;
export function unlessNewer<T>(read: () => Promise<T>): Promise<T | undefined>;
export function unlessNewer<T>(read: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
  try {
    const found = read();
    return found instanceof Promise ? found.catch(nothingIfNewer) : found;
  } catch (fault) {
    return nothingIfNewer(fault);
  }
}

function nothingIfNewer(fault: unknown): undefined {
  if (!(fault instanceof StoreError && fault.code === "newer")) throw fault;
}
