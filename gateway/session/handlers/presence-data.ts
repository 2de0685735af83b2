import { fitsUserData } from "../../presence/user-data.ts";
import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { noPresence, ok, refused } from "./answers.ts";

export function presenceData(session: SessionContext, { id, data }: ClientFrameOf<"presence.data">): Answer {
  const attendance = session.parts.presence.of(session.id);
  if (!attendance) return noPresence(id);
  if (!fitsUserData(data)) return refused(id, "too-large", "The user data is too large.");
  attendance.setUserData(data);
  return ok(id);
}
