import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { acting, conversationWith } from "./messaging.ts";

export function dataSend(session: SessionContext, { id, to, value }: ClientFrameOf<"data.send">): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      await session.parts.data.send(actor, conversationWith(session, to), value);
      return ok(id);
    },
    session.pace.data,
  );
}
