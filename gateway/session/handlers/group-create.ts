import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { VerbContext } from "../context.ts";
import { acting } from "./messaging.ts";

export function groupCreate(session: VerbContext, { id, name, users }: ClientFrameOf<"group.create">): Promise<Answer> {
  return acting(
    session,
    id,
    async (actor) => {
      const group = await session.parts.groups.create(actor, name, users);
      return { type: "group.created", re: id, group };
    },
    session.pace.messages,
  );
}
