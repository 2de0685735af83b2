import type { ContactInfo, PresenceStatus } from "../protocol/values.ts";

/** The most available first: what counts when several sessions of a user said different things. */
const order: readonly PresenceStatus[] = ["online", "away", "busy", "do-not-disturb", "invisible"];

/** What one session said of its user. */
export interface Said {
  readonly status: PresenceStatus;
  readonly note?: string;
  /** When: of two that said the same status, the later one's note counts. */
  readonly turn: number;
}

/** Of what a user's sessions said, what counts; undefined when none said anything. */
export function mostAvailable(said: readonly Said[]): Said | undefined {
  return [...said].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || b.turn - a.turn)[0];
}

/**
 * What others see, the first row that fits:
 *
 *     said invisible            offline
 *     said do-not-disturb       do-not-disturb   calls are turned away, also while the user talks
 *     talks                     in-a-call
 *     no page, no softphone     offline
 *     said something            that
 *     else                      online
 */
export function seenStatus(
  said: PresenceStatus | undefined,
  { talks, here }: { readonly talks: boolean; readonly here: boolean },
): ContactInfo["status"] {
  if (said === "invisible") return "offline";
  if (said === "do-not-disturb") return said;
  if (talks) return "in-a-call";
  return here ? (said ?? "online") : "offline";
}
