import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function messageMark(
  session: SessionContext,
  { id, of, number, state }: ClientFrameOf<"message.mark">,
): Promise<Answer> {
  return acting(session, id, async (actor) => {
    await session.parts.messages.mark(actor, of, number, state);
    return ok(id);
  });
}
