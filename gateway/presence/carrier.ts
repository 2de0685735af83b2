import type { UserId } from "../directory/user-id.ts";

/**
 * What a foreign network can do for presence: it says which of its devices are there. Softphones that registered here
 * are such; they have no groups and say no status, so they are seen in the default group, as online.
 */
export interface PresenceCarrier {
  /** Users of the domain with devices that are there now, and how many. */
  online(domain: string): Promise<readonly { readonly user: UserId; readonly phones: number }[]>;
  /** The user's devices that are there now. */
  list(user: UserId): Promise<readonly unknown[]>;
  /** Devices of a user came or went. The returned function ends the telling. */
  on(event: "changed", listener: (user: UserId) => void): () => void;
}
