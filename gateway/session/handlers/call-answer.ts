import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, refused, unknownCall, wrongState } from "./answers.ts";

/** Answers an offered call, with an answer, or with an offer when the caller sent none. */
export function callAnswer(session: SessionContext, { id, callId, description }: ClientFrameOf<"call.answer">): Answer {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  if (!description.sdp.startsWith("v=0"))
    return refused(id, "bad-description", "The description is not SDP (RFC 8866).");
  const said = leg.answer(description);
  if (said === "wrong-kind")
    return refused(id, "bad-description", "An offer is answered; a call without one takes an offer.");
  return said === "ok" ? ok(id) : wrongState(id);
}
