import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting } from "./messaging.ts";

export function messageDelete(
  session: SessionContext,
  { id, of, messageId }: ClientFrameOf<"message.delete">,
): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.messages.edit(actor, of, messageId);
      return ok(id);
    },
    session.pace.messages,
  );
}
