import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function boardClose(session: SessionContext, { id, boardId }: ClientFrameOf<"board.close">): Promise<Answer> {
  return acting(session, id, async (actor) => {
    session.parts.whiteboards.leave(actor, boardId);
    return ok(id);
  });
}
