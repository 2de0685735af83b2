import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardInvite(
  session: SessionContext,
  { id, boardId, users, role = "editor" }: ClientFrameOf<"board.invite">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.whiteboards.rooms.invite(actor, boardId, users, role);
      return ok(id);
    },
    session.pace.messages,
  );
}
