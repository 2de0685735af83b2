import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardLeave(session: SessionContext, { id, boardId }: ClientFrameOf<"board.leave">): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.whiteboards.rooms.leave(actor, boardId);
      return ok(id);
    },
    session.pace.messages,
  );
}
