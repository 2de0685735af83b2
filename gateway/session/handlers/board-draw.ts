import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { limits } from "../../protocol/version.ts";
import type { SessionContext } from "../context.ts";
import { refused } from "./answers.ts";
import { acting } from "./messaging.ts";

/** So many bytes of a change count as one frame more. */
const frameBytes = 16_384;

export function boardDraw(
  session: SessionContext,
  { id, boardId, drawId, put, remove, background }: ClientFrameOf<"board.draw">,
): Promise<Answer> {
  const drawing = { drawId, ...(put && { put }), ...(remove && { remove }), ...(background && { background }) };
  const bytes = Buffer.byteLength(JSON.stringify(drawing));
  return acting(
    session,
    id,
    async (actor) => {
      if (bytes > limits.draw) return refused(id, "too-large", "That is too much at once: 128 KiB are the most.");
      const number = await session.parts.whiteboards.draw(actor, boardId, drawing);
      return { type: "board.accepted", re: id, number };
    },
    session.pace.boards,
    1 + bytes / frameBytes,
  );
}
