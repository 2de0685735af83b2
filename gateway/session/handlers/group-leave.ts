import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function groupLeave(session: SessionContext, { id, groupId }: ClientFrameOf<"group.leave">): Promise<Answer> {
  return acting(session, id, async (actor) => {
    await session.parts.groups.leave(actor, groupId);
    return ok(id);
  });
}
