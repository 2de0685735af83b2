import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { refused } from "./answers.ts";
import { acting, conversationWith } from "./messaging.ts";

export function messageSend(
  session: VerbContext,
  { id, to, text = "", messageId, attachments = [] }: ClientFrameOf<"message.send">,
): Promise<Answer> {
  if (text === "" && attachments.length === 0)
    return Promise.resolve(refused(id, "bad-frame", "message.send: text or attachments"));
  return acting(
    session,
    id,
    async (actor) => {
      const conversation = conversationWith(session, to);
      const message = await session.parts.messages.send(actor, conversation, text, messageId, attachments);
      if (message) return { type: "message.accepted", re: id, message };
      return { type: "message.pending", re: id, of: conversation, messageId };
    },
    session.pace.messages,
  );
}
