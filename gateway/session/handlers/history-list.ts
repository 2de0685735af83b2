import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { keepsNothing } from "./answers.ts";

const usualLimit = 50;

export async function historyList(
  { identity, parts }: SessionContext,
  { id, before, limit = usualLimit }: ClientFrameOf<"history.list">,
): Promise<Answer> {
  if (!identity || identity.guest) return keepsNothing(id);
  const { entries, more } = await parts.people.history.list(identity.user, {
    limit,
    ...(before !== undefined && { before }),
  });
  return { type: "history", re: id, records: entries, more };
}
