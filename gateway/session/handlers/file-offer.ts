import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { acting, conversationWith } from "./messaging.ts";

export function fileOffer(session: VerbContext, { id, to, name, size }: ClientFrameOf<"file.offer">): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      const offer = await session.parts.attachments.offer(actor, conversationWith(session, to), name, size);
      return { type: "file.offered", re: id, ...offer };
    },
    session.pace.messages,
  );
}
