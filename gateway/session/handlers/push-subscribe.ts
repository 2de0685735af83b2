import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { pushing } from "./pushing.ts";

export function pushSubscribe(
  session: SessionContext,
  { id, type: _type, ...subscription }: ClientFrameOf<"push.subscribe">,
): Promise<Answer> {
  return pushing(session, id, async (pushes, user) => {
    await pushes.subscribe(user, subscription);
    return ok(id);
  });
}
