import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { limits } from "../../protocol/version.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok, refused } from "./answers.ts";

/** Those who watch the group see the user from now on. */
export function presenceJoin(session: SessionContext, { id, group }: ClientFrameOf<"presence.join">): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  return attendance.join(group)
    ? ok(id)
    : refused(id, "not-allowed", `This session is in ${limits.groups} groups, which is as many as it may.`);
}
