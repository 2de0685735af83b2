import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardShow(
  session: SessionContext,
  { id, boardId, cursor, draft, laser }: ClientFrameOf<"board.show">,
): Promise<Answer> {
  const shown = {
    ...(cursor !== undefined && { cursor }),
    ...(draft !== undefined && { draft }),
    ...(laser && { laser }),
  };
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.whiteboards.show(actor, boardId, shown);
      return ok(id);
    },
    session.pace.boards,
  );
}
