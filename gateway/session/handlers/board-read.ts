import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function boardRead(
  session: SessionContext,
  { id, boardId, since, began }: ClientFrameOf<"board.read">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      const part = await session.parts.whiteboards.read(actor, boardId, since, began);
      return { type: "board.part", re: id, ...part };
    },
    session.pace.boards,
  );
}
