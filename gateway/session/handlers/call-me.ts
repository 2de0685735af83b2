import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { peerOf } from "../peer.ts";
import { refused } from "./answers.ts";

/** Rings the asker's telephone and joins it to the target. The page sees a call of its own, without media. */
export function callMe(session: SessionContext, { id, number, target }: ClientFrameOf<"call.me">): Answer {
  const { identity, parts } = session;
  if (!identity || session.expired) return refused(id, "token-expired", "The token has expired. Renew it to call.");
  if (!session.pace.starts.take())
    return refused(id, "rate-limited", "Too many calls in a short time.", session.pace.starts.retryAfterMs);
  const numbers = identity.pass ? identity.pass.callMe : identity.rights;
  const refusal = identity.pass?.refusal(target) ?? parts.callMe.refusal(number, numbers);
  if (refusal) return refused(id, refusal.code, refusal.text, refusal.retryAfterMs);
  const page = session.newLeg();
  const caller = { party: session.party, domain: identity.user.domain, rights: identity.rights, origin: session.id };
  const call = parts.callMe.start({ page, number, target, caller, numbers });
  identity.pass?.follow(call);
  const peer = peerOf({ address: target });
  page.started(call.id, call.reference, peer);
  session.offered(page);
  return {
    type: "call.started",
    re: id,
    callId: call.id,
    reference: call.reference,
    peer,
  };
}
