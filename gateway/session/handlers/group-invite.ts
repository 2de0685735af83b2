import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function groupInvite(
  session: SessionContext,
  { id, groupId, users }: ClientFrameOf<"group.invite">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.groups.invite(actor, groupId, users);
      return ok(id);
    },
    session.pace.messages,
  );
}
