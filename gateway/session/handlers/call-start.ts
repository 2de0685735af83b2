import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import { limits } from "../../protocol/version.ts";
import { peerOf } from "../peer.ts";
import type { SessionContext } from "../context.ts";
import { refused } from "./answers.ts";

/** Starts a call. What becomes of it comes as events; only what makes it impossible to start is refused here. */
export function callStart(session: SessionContext, frame: ClientFrameOf<"call.start">): Answer {
  const { id, target, description, data } = frame;
  const identity = session.identity;
  if (!identity || session.expired) return refused(id, "token-expired", "The token has expired. Renew it to call.");
  if (description.kind !== "offer") return refused(id, "bad-description", "A call starts with an offer.");
  if (!description.sdp.startsWith("v=0"))
    return refused(id, "bad-description", "The description is not SDP (RFC 8866).");
  if (Buffer.byteLength(JSON.stringify(data ?? null)) > limits.data)
    return refused(id, "too-large", "The call's data is too large.");
  if (!session.pace.starts.take())
    return refused(id, "rate-limited", "Too many calls in a short time.", session.pace.starts.retryAfterMs);
  const refusal = identity.pass?.refusal(target);
  if (refusal) return refused(id, refusal.code, refusal.text, refusal.retryAfterMs);
  const leg = session.newLeg();
  const call = session.parts.switchboard.start({
    leg,
    caller: { party: session.party, domain: identity.user.domain, rights: identity.rights, origin: session.id },
    target,
    offer: description,
    ...(data !== undefined && { data }),
  });
  identity.pass?.follow(call);
  const peer = peerOf({ address: target });
  leg.started(call.id, call.reference, peer, description);
  session.offered(leg);
  return {
    type: "call.started",
    re: id,
    callId: call.id,
    reference: call.reference,
    peer,
  };
}
