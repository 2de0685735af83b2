import { tagOf } from "../../sip-syntax/name-addr.ts";
import type { SipResponse } from "../../sip-syntax/message.ts";
import type { Arrival } from "../transport/flow.ts";
import { Dialog } from "./dialog.ts";
import { OutgoingRequest } from "./outgoing-request.ts";
import { contactUri, learnTarget } from "./remote-target.ts";

/** A sent SUBSCRIBE outside a dialog: its 2xx makes one (RFC 6665 4.4.1). */
export class OutgoingSubscribe extends OutgoingRequest {
  override get dialogId(): string {
    const { headers } = this.request;
    return `${headers.get("Call-ID") ?? ""};from-tag=${tagOf(headers.get("From") ?? "") ?? ""}`;
  }

  override response(arrival: Arrival): void {
    const { message } = arrival;
    if (message.kind !== "response" || message.status < 200 || message.status > 299) return super.response(arrival);
    this.report(message, arrival, this.#dialog(message, arrival).id);
  }

  #dialog(response: SipResponse, arrival: Arrival): Dialog {
    const { headers } = this.request;
    const callId = headers.get("Call-ID") ?? "";
    const local = headers.get("From") ?? "";
    const localTag = tagOf(local) ?? "";
    const remote = response.headers.get("To") ?? "";
    const dialog = new Dialog({
      id: this.context.dialogs.reserveId(callId, localTag),
      kind: "SUBSCRIBE",
      role: "uac",
      callId,
      localTag,
      remoteTag: tagOf(remote) ?? "",
      local,
      remote,
      routeSet: response.headers.list("Record-Route").reverse(),
      owner: this.owner,
      localSeq: parseInt(headers.get("CSeq") ?? "0", 10),
      remoteTarget: contactUri(response),
      event: headers.get("Event"),
      flow: arrival.flow,
    });
    dialog.state = "confirmed";
    dialog.contact = headers.get("Contact");
    this.context.dialogs.add(dialog);
    learnTarget(dialog, arrival, this.context);
    this.context.dialogs.touch(dialog);
    return dialog;
  }
}
