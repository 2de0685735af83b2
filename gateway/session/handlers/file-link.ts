import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function fileLink(session: VerbContext, { id, of, fileId }: ClientFrameOf<"file.link">): Promise<Answer> {
  return acting(session, id, async (actor) => {
    const link = await session.parts.attachments.link(actor, of, fileId);
    return { type: "file.linked", re: id, ...link };
  });
}
