import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { keepsNothing } from "./answers.ts";

export async function lineShow(
  { identity, parts }: SessionContext,
  { id }: ClientFrameOf<"line.show">,
): Promise<Answer> {
  if (!identity || identity.guest) return keepsNothing(id);
  return { type: "line", re: id, line: await parts.line(identity.user) };
}
