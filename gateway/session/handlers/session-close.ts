import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok } from "./answers.ts";

/** Answered, then the session closes: its calls end. */
export function sessionClose(_session: SessionContext, { id }: ClientFrameOf<"session.close">): Answer {
  return ok(id);
}
