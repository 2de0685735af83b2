import type { SipResponse } from "../../sip-syntax/message.ts";
import { tagOf } from "../../sip-syntax/name-addr.ts";
import type { CoreContext } from "./core.ts";
import { newUasDialog } from "./incoming-invite.ts";
import type { IncomingRequest } from "./incoming-request.ts";

/** RFC 6665 4.4.1: a SUBSCRIBE that its application accepts by `draft` makes a dialog. */
export function beginSubscription(request: IncomingRequest, draft: SipResponse, context: CoreContext): void {
  if (request.method !== "SUBSCRIBE" || request.dialog || request.answered) return;
  if (draft.status < 200 || draft.status > 299) return;
  const tag = tagOf(draft.headers.get("To") ?? "");
  if (tag !== undefined && !request.responded) request.toTag = tag;
  const { callId, fromTag } = request.transaction.envelope;
  const id = context.dialogs.reserveId(callId, fromTag);
  const dialog = newUasDialog(request, id, "SUBSCRIBE", context);
  dialog.state = "confirmed";
  dialog.contact = draft.headers.get("Contact");
  context.dialogs.add(dialog);
  context.dialogs.touch(dialog);
  request.dialog = dialog;
}
