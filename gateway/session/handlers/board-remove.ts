import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardRemove(
  session: SessionContext,
  { id, boardId, user }: ClientFrameOf<"board.remove">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.whiteboards.rooms.remove(actor, boardId, user);
      return ok(id);
    },
    session.pace.messages,
  );
}
