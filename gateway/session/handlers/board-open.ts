import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function boardOpen(session: SessionContext, { id, boardId }: ClientFrameOf<"board.open">): Promise<Answer> {
  const { whiteboards } = session.parts;
  return acting(
    session,
    id,
    async (actor) => {
      const opened = await whiteboards.enter(actor, boardId, (event) => session.event(event));
      // It may have ended while the board was looked up: nobody would close the board then.
      if (session.over) whiteboards.closed(session.id);
      return { type: "board.opened", re: id, ...opened };
    },
    session.pace.boards,
  );
}
