import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";

export function ping(_session: SessionContext, { id }: ClientFrameOf<"ping">): Answer {
  return { type: "pong", re: id };
}
