import { Type } from "@sinclair/typebox";
import { request } from "./request.ts";
import { PresenceGroup, PresenceNote, PresenceStatus } from "./values.ts";

/** From now on those who watch the group see the user. At most `limits.groups` a session. */
export const PresenceJoin = request("presence.join", { group: PresenceGroup });

export const PresenceLeave = request("presence.leave", { group: PresenceGroup });

/** From now on the session is told who is in the group: a snapshot, then differences. At most `limits.groups`. */
export const PresenceWatch = request("presence.watch", { group: PresenceGroup });

export const PresenceUnwatch = request("presence.unwatch", { group: PresenceGroup });

/**
 * How available the user is, and an own text. Of several sessions of a user the most available status that was said
 * counts, in the order of `PresenceStatus`.
 */
export const PresenceSay = request("presence.status", {
  status: PresenceStatus,
  note: Type.Optional(PresenceNote),
});

/** JSON that is shared with those who watch the user's groups, at most `limits.userData`; without `data` none. */
export const PresenceData = request("presence.data", { data: Type.Optional(Type.Unknown()) });

export const all = [PresenceJoin, PresenceLeave, PresenceWatch, PresenceUnwatch, PresenceSay, PresenceData] as const;
