import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";
import { pushing } from "./pushing.ts";

export function pushUnsubscribe(
  session: SessionContext,
  { id, endpoint }: ClientFrameOf<"push.unsubscribe">,
): Promise<Answer> {
  return pushing(session, id, async (pushes, user) => {
    await pushes.unsubscribe(user, endpoint);
    return ok(id);
  });
}
