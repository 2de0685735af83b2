import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardPromote(
  session: SessionContext,
  { id, boardId, user, role }: ClientFrameOf<"board.promote">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.whiteboards.rooms.promote(actor, boardId, user, role);
      return ok(id);
    },
    session.pace.messages,
  );
}
