import type { ContactInfo, PeerInfo, Target } from "../gateway/protocol/values.ts";

export type { Target };

/** The far end of a call, as far as it is known. */
export type Peer = Readonly<PeerInfo>;

/** Somebody of the own domain. */
export interface Contact extends Peer {
  /** `in-a-call` is found out by the gateway, the others were said by the user or are what nobody had to say. */
  readonly status: ContactInfo["status"];
  /** The user's own text beside the status. */
  readonly note?: string;
  /** What the user's program shares: `presence.setUserData`. */
  readonly userData?: unknown;
  /** Open pages and registered softphones of this user. */
  readonly pages: number;
  readonly phones: number;
  /** Telephone numbers of their own, the main one first. */
  readonly numbers?: readonly string[];
  /** Watched groups in which the contact is seen. */
  readonly groups: readonly string[];
}

/** What a target is compared by. */
export const targetKey = (target: Target): string => Object.entries(target).flat().join(":");
