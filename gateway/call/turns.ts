import type { Cause } from "./cause.ts";

/**
 * Starts an operation whose result comes back as a turn of the call's mailbox, and is dropped when the state in which
 * it was asked for has passed by then. Without `failed` a failure ends the call.
 */
export type RelayTurn = <T>(
  operation: () => Promise<T>,
  then: (result: T) => void,
  failed?: (cause: Cause) => void,
) => void;
