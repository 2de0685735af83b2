import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function groupPromote(
  session: SessionContext,
  { id, groupId, user, role }: ClientFrameOf<"group.promote">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.groups.promote(actor, groupId, user, role);
      return ok(id);
    },
    session.pace.messages,
  );
}
