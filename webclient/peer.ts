import type { ContactInfo, PeerInfo, Target } from "../gateway/protocol/values.ts";

export type { Target };

/** The far end of a call, as far as it is known. */
export type Peer = Readonly<PeerInfo>;

/** Somebody of the own domain who can be called now. `groups` is empty until groups exist. */
export interface Contact extends Peer {
  readonly status: ContactInfo["status"];
  /** Open pages and registered softphones of this user. */
  readonly pages: number;
  readonly phones: number;
  /** Telephone numbers of their own, the main one first. */
  readonly numbers?: readonly string[];
  readonly groups: readonly string[];
}

/** What a target is compared by. */
export const targetKey = (target: Target): string => Object.entries(target).flat().join(":");
