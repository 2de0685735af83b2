import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { acting } from "./messaging.ts";

const usualLimit = 30;

export function messageSearch(
  session: SessionContext,
  { id, text, before, limit = usualLimit }: ClientFrameOf<"message.search">,
): Promise<Answer> {
  const work: Parameters<typeof acting>[2] = async (actor) => {
    const found = await session.parts.messages.search(actor, { text, limit, ...(before && { before }) });
    return { type: "message.found", re: id, ...found };
  };
  return acting(session, id, work, session.pace.searches);
}
