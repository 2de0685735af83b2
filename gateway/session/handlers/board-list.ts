import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function boardList(session: SessionContext, { id }: ClientFrameOf<"board.list">): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => ({ type: "boards", re: id, boards: await session.parts.whiteboards.rooms.list(actor) }),
    session.pace.boards,
  );
}
