import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok } from "./answers.ts";

/** Also answered with ok when the session was not in the group. */
export function presenceLeave(session: SessionContext, { id, group }: ClientFrameOf<"presence.leave">): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  attendance.leave(group);
  return ok(id);
}
