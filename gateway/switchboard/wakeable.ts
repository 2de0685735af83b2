import type { Leg } from "../call/leg.ts";
import type { UserId } from "../directory/user-id.ts";

/** What the switchboard needs of browsers without an open page; the session folder implements it. */
export interface Wakeable {
  /**
   * A leg that wakes the user's browsers and rings the pages that open; undefined when there is none to wake. `pages`: a
   * new leg for each page that is open when it is asked. `name`: the user's display name.
   */
  sleepingLeg(user: UserId, pages: () => Promise<readonly Leg[]>, name?: string): Promise<Leg | undefined>;
}
