import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

const usualLimit = 50;

export function messageList(
  session: SessionContext,
  { id, of, before, limit = usualLimit, search }: ClientFrameOf<"message.list">,
): Promise<Answer> {
  return acting(session, id, async (actor) => {
    const options = { limit, ...(before !== undefined && { before }), ...(search !== undefined && { search }) };
    const found = await session.parts.messages.list(actor, of, options);
    return { type: "messages", re: id, ...found };
  });
}
