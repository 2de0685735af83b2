import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, unknownCall } from "./answers.ts";

/** For the call's story only: nothing that a page says of its media changes the call. */
export function callReport(session: SessionContext, frame: ClientFrameOf<"call.report">): Answer {
  const { id, callId, problem, pair, quality } = frame;
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  leg.report({ ...(problem && { problem }), ...(pair && { pair }), ...(quality && { quality }) });
  return ok(id);
}
