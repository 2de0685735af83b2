import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, refused, unknownCall } from "./answers.ts";

/** The page's answer to our `call.update`, or the offer that it was asked for. Other offers come with hold and video. */
export function callUpdate(session: SessionContext, { id, callId, description }: ClientFrameOf<"call.update">): Answer {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  return leg.updated(description)
    ? ok(id)
    : refused(
        id,
        "unsupported",
        "Answer the last call.update, or offer when it asked for that; nothing else is taken yet.",
      );
}
