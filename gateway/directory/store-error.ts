import { CodedError } from "../base/errors.ts";

/**
 * A store that several processes share did not do what it was asked.
 * - `away`: it cannot be reached, or gave no answer in time; whether a change was made is not known.
 * - `full`: it has no room, or cannot write to its disk; nothing was changed.
 */
export class StoreError extends CodedError<"away" | "full"> {}
