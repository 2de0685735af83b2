import type { ClientFrameOf } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { ok, unknownCall } from "./answers.ts";

/** Taken and left alone: the relay is ICE-lite (RFC 8445 2.5) and learns the browser's address from its checks. */
export function callCandidate(session: SessionContext, { id, callId }: ClientFrameOf<"call.candidate">): Answer {
  return session.leg(callId) ? ok(id) : unknownCall(id);
}
