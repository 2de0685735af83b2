import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { pushing } from "./pushing.ts";

export function pushShow(session: SessionContext, { id }: ClientFrameOf<"push.show">): Promise<Answer> {
  return pushing(session, id, async ({ publicKey }) => ({ type: "push", re: id, key: publicKey }));
}
