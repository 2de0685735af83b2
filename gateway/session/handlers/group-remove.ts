import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function groupRemove(
  session: SessionContext,
  { id, groupId, user }: ClientFrameOf<"group.remove">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.groups.remove(actor, groupId, user);
      return ok(id);
    },
    session.pace.messages,
  );
}
