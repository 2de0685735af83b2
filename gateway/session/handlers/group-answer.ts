import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function groupAnswer(
  session: SessionContext,
  { id, groupId, accept }: ClientFrameOf<"group.answer">,
): Promise<Answer> {
  return acting(session, id, async (actor) => {
    await session.parts.groups.answer(actor, groupId, accept);
    return ok(id);
  });
}
