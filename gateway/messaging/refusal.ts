import { CodedError } from "../base/errors.ts";

/** What somebody asked for cannot be; `message` says why to the one who asked. */
export class MessagingRefusal extends CodedError<
  "bad-target" | "not-allowed" | "overload" | "too-large" | "unavailable" | "wrong-state"
> {}

/** Somebody else's group is answered like one that never was. */
export const noSuchGroup = (): MessagingRefusal => new MessagingRefusal("bad-target", "There is no such group.");

export const noSuchUser = (user: string): MessagingRefusal =>
  new MessagingRefusal("bad-target", `There is no user ${user} here.`);
