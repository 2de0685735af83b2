import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";

export function ping(session: SessionContext, { id, seq }: ClientFrameOf<"ping">): Answer {
  if (seq !== undefined) session.acknowledge(seq);
  return { type: "pong", re: id };
}
