import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function boardCreate(
  session: SessionContext,
  { id, name, users, role = "editor" }: ClientFrameOf<"board.create">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      const board = await session.parts.whiteboards.rooms.create(actor, name, users, role);
      return { type: "board.created", re: id, board };
    },
    session.pace.messages,
  );
}
