import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { limits } from "../../protocol/version.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok, refused } from "./answers.ts";

/** Answered at once; the snapshot of the group follows as an event. */
export function presenceWatch(session: SessionContext, { id, group }: ClientFrameOf<"presence.watch">): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  return attendance.watch(group)
    ? ok(id)
    : refused(id, "not-allowed", `This session watches ${limits.groups} groups, which is as many as it may.`);
}
