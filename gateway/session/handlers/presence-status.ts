import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok } from "./answers.ts";

export function presenceStatus(
  session: SessionContext,
  { id, status, note }: ClientFrameOf<"presence.status">,
): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  attendance.setStatus(status, note);
  return ok(id);
}
