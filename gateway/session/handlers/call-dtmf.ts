import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, unknownCall } from "./answers.ts";

export function callDtmf(session: SessionContext, { id, callId, digits }: ClientFrameOf<"call.dtmf">): Answer {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  leg.digits(digits);
  return ok(id);
}
