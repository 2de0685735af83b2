import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok } from "./answers.ts";

/** Also answered with ok when the session did not watch the group. */
export function presenceUnwatch(session: SessionContext, { id, group }: ClientFrameOf<"presence.unwatch">): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  attendance.unwatch(group);
  return ok(id);
}
