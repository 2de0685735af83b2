import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function messageEdit(
  session: SessionContext,
  { id, of, messageId, text }: ClientFrameOf<"message.edit">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.messages.edit(actor, of, messageId, text);
      return ok(id);
    },
    session.pace.messages,
  );
}
