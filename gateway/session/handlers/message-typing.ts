import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting, conversationWith } from "./messaging.ts";

export function messageTyping(session: SessionContext, { id, to }: ClientFrameOf<"message.typing">): Promise<Answer> {
  return acting(session, id, async (actor) => {
    await session.parts.messages.typing(actor, conversationWith(session, to));
    return ok(id);
  });
}
