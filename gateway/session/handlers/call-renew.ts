import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { refused, unknownCall } from "./answers.ts";

/** A page that was loaded anew goes on with a call: its new peer connection takes the place of the one that has gone. */
export async function callRenew(
  session: SessionContext,
  { id, callId, description }: ClientFrameOf<"call.renew">,
): Promise<Answer> {
  const leg = session.leg(callId);
  if (!leg) return unknownCall(id);
  if (description.kind !== "offer") return refused(id, "bad-description", "A call is renewed with an offer.");
  const answer = await leg.renew(description);
  return answer
    ? { type: "call.renewed", re: id, description: answer }
    : refused(id, "wrong-state", "This call cannot be gone on with.");
}
