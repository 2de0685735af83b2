import { randomInt } from "node:crypto";
import type { SipRequest } from "../../sip-syntax/message.ts";
import type { Dialog } from "./dialog.ts";
import type { IncomingInvite } from "./incoming-invite.ts";
import type { RefusedAtOnce } from "./refusal.ts";

/** What was received in a dialog and is not over. */
export interface OpenInDialog {
  /** Unanswered, or its 2xx waits for an ACK. */
  readonly invite: IncomingInvite | undefined;
  /** An UPDATE has no answer yet. */
  readonly updating: boolean;
}

/** RFC 3261 14.2, RFC 3311 5.2: what an INVITE or UPDATE gets that comes while another one is open. */
export function glareOf(request: SipRequest, dialog: Dialog, open: OpenInDialog): RefusedAtOnce | undefined {
  const { method, body } = request;
  const { invite, updating } = open;
  if (method !== "INVITE" && method !== "UPDATE") return undefined;
  if (method === "INVITE" && (dialog.localInvite?.final === false || invite?.awaitsAck)) return glare;
  if (method === "INVITE" && invite && !invite.answered) return overlap();
  if (method === "UPDATE" && updating) return overlap();
  if (body.length === 0) return undefined;
  const offers = [dialog.localInvite, dialog.localUpdate].some((sent) => sent?.offersIn(dialog));
  if (offers || invite?.openOffer === "ours") return glare;
  return invite?.openOffer === "theirs" || updating ? overlap() : undefined;
}

const glare: RefusedAtOnce = { status: 491, reason: "Request Pending", why: "glare" };

/** The sender may come again after 0 to 10 s, and not at the same time as others. */
function overlap(): RefusedAtOnce {
  const headers = [["Retry-After", String(randomInt(11))]] as const;
  return { status: 500, reason: "Server Internal Error", headers, why: "overlap" };
}
