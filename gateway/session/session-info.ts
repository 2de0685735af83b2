import { printUserId } from "../directory/user-id.ts";
import type { SessionInfo } from "../protocol/server-frame.ts";
import type { Identity } from "./token.ts";

/** What a page is told of its session. `now`: milliseconds since the epoch; `graceMs`: how long it may be away. */
export function sessionInfo(sessionId: string, identity: Identity, now: number, graceMs: number): SessionInfo {
  const { user, name, expiresAt, role, autoAnswer, guest } = identity;
  return {
    sessionId,
    user: printUserId(user),
    ...(name !== undefined && { name }),
    ...(expiresAt !== undefined && { expiresInMs: expiresAt - now }),
    ...(role && { role }),
    ...(autoAnswer && { autoAnswer }),
    ...(guest && { guest }),
    graceMs,
  };
}
