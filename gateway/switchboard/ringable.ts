import type { Leg } from "../call/leg.ts";
import type { UserId } from "../directory/user-id.ts";

/** What the switchboard needs of signed-in browsers; the session folder implements it. */
export interface Ringable {
  /** A new leg for each open page of the user, but for the session `except`: who calls is not rung. */
  legsOf(user: UserId, except?: string): readonly Leg[];
  /** The user said that no call is to ring, on no device. */
  isUndisturbed(user: UserId): boolean;
}
