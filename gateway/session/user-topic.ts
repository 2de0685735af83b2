import { isRecord } from "../base/json.ts";
import type { Topic } from "../directory/bus.ts";
import { userKey, type UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";

/** What all pages of a user are told, at whatever node; but for the session `except`, which knows it. */
export interface Told {
  readonly event: ServerEvent;
  readonly except?: string;
}

export const userTopic = (user: UserId): Topic<Told> => ({
  name: `user/${userKey(user)}`,
  is: (value): value is Told => isRecord(value) && isRecord(value.event) && typeof value.event.type === "string",
});

/** A page of the user has opened, or has come back, at whatever node. */
export const awakeTopic = (user: UserId): Topic<object> => ({
  name: `awake/${userKey(user)}`,
  is: (value): value is object => isRecord(value),
});
