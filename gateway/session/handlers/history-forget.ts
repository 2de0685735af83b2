import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { keepsNothing, ok } from "./answers.ts";

export async function historyForget(
  { identity, parts: { people }, id: session }: SessionContext,
  { id, references }: ClientFrameOf<"history.forget">,
): Promise<Answer> {
  if (!identity || identity.guest) return keepsNothing(id);
  await people.history.forget(identity.user, references);
  people.tell(identity.user, { type: "history.forgotten", ...(references && { references }) }, session);
  return ok(id);
}
