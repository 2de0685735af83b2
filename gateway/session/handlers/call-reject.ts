import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, unknownCall, wrongState } from "./answers.ts";

export function callReject(
  session: SessionContext,
  { id, callId, reason = "declined" }: ClientFrameOf<"call.reject">,
): Answer {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  return leg.reject(reason) ? ok(id) : wrongState(id);
}
