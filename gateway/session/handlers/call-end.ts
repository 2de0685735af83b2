import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, unknownCall } from "./answers.ts";

/** Hangs up, cancels, or declines a call that rings here. */
export function callEnd(session: SessionContext, { id, callId }: ClientFrameOf<"call.end">): Answer {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  leg.end();
  return ok(id);
}
