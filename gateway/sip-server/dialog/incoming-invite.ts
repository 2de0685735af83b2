import type { RAck } from "../../sip-syntax/cseq.ts";
import { emptyBody, printToKeep, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import { withTag, tagOf } from "../../sip-syntax/name-addr.ts";
import type { ServerTransaction } from "../transaction/server-transaction.ts";
import { composeResponse } from "./compose-response.ts";
import type { CoreContext, Outcome } from "./core.ts";
import { Dialog } from "./dialog.ts";
import { IncomingRequest } from "./incoming-request.ts";
import { serverItself } from "./owner.ts";
import { contactUri, learnTarget } from "./remote-target.ts";
import { ReliableProvisionals } from "./reliable-provisionals.ts";
import { SuccessRepeater } from "./success-repeater.ts";

/** A received INVITE, also one inside a dialog (RFC 3261 13.3, 14.2). */
export class IncomingInvite extends IncomingRequest {
  readonly cseq: number;
  readonly #isReinvite: boolean;
  readonly #hasBody: boolean;
  readonly #reliable: ReliableProvisionals;
  readonly #dialogId: string;
  #success: SuccessRepeater | undefined;
  #answeredEarly = false;
  #ended = false;

  constructor(
    transaction: ServerTransaction,
    dialog: Dialog | undefined,
    context: CoreContext,
    /** Asks the core to end the dialog whose 2xx nobody acknowledged. */
    hooks: { missingAck: (invite: IncomingInvite) => void; missingPrack: (invite: IncomingInvite) => void },
  ) {
    super(transaction, dialog, context);
    const { envelope } = transaction;
    this.cseq = envelope.cseq.number;
    this.#isReinvite = dialog !== undefined;
    this.#hasBody = transaction.request.body.length > 0;
    this.#dialogId = dialog?.id ?? context.dialogs.reserveId(envelope.callId, envelope.fromTag);
    this.#reliable = new ReliableProvisionals(context.clock, context.timers, envelope.cseq.number, () =>
      hooks.missingPrack(this),
    );
    this.#missingAck = () => hooks.missingAck(this);
  }

  readonly #missingAck: () => void;

  /** Filled from the first moment: responses of an INVITE always name their dialog. */
  override get dialogId(): string {
    return this.#dialogId;
  }

  get isReinvite(): boolean {
    return this.#isReinvite;
  }

  /** The 2xx waits for its ACK. */
  get awaitsAck(): boolean {
    return this.#success?.running === true;
  }

  /** RFC 3264 4: whose offer has no answer yet, if any; provisional responses count when they are reliable. */
  get openOffer(): "ours" | "theirs" | undefined {
    if (this.#hasBody) return this.answered || this.#answeredEarly ? undefined : "theirs";
    return this.#reliable.holdsBody || this.awaitsAck ? "ours" : undefined;
  }

  acknowledge(): void {
    this.#success?.stop();
  }

  prack(rack: RAck): "application" | "server" | undefined {
    return this.#reliable.acknowledge(rack);
  }

  /** Ends an unanswered INVITE with a status of ours; its early dialog is gone. */
  override refuse(status: number, reason: string, headers?: Iterable<readonly [name: string, value: string]>): void {
    if (this.answered) return;
    super.refuse(status, reason, headers);
    this.#endUnanswered();
  }

  override handOver(): ServerTransaction {
    this.#endUnanswered();
    return super.handOver();
  }

  /** Stops all timers: the dialog is over, or the process ends. */
  dispose(): void {
    this.#ended = true;
    this.#reliable.stop();
    this.#success?.stop();
  }

  protected override deliver(draft: SipResponse): Outcome {
    if (draft.status < 200) return this.#provisional(draft);
    if (draft.status < 300) return this.#succeed(draft);
    const outcome = super.deliver(draft);
    this.#endUnanswered();
    return outcome;
  }

  protected override contactFor(draft: SipResponse): string | undefined {
    const success = draft.status > 199 && draft.status < 300;
    return success || (this.#isReinvite && draft.status > 100) ? this.ourContact : undefined;
  }

  #provisional(draft: SipResponse): Outcome {
    if (draft.status === 100) return super.deliver(draft);
    const { headers } = this.request;
    const wanted = draft.headers.lists("Require", "100rel");
    const demanded = headers.lists("Require", "100rel");
    if (wanted && !demanded && !headers.lists("Supported", "100rel")) {
      return { refused: "Remote endpoint does not support 100rel" };
    }
    this.#ensureDialog(draft);
    return wanted || demanded ? this.#sendReliably(draft, !wanted) : super.deliver(draft);
  }

  #sendReliably(draft: SipResponse, ownPrack: boolean): Outcome {
    const rseq = this.#reliable.takeRSeq();
    const response = composeResponse(draft, this.request, { toTag: this.toTag, contact: this.ourContact, rseq });
    const bytes = printToKeep(response);
    const send = (): void => this.transaction.respond(response.status, bytes);
    if (draft.body.length > 0) this.#answeredEarly = true;
    this.#reliable.add({ rseq, send, hasBody: draft.body.length > 0, ownPrack });
    return this.#sent(response, bytes);
  }

  #succeed(draft: SipResponse): Outcome {
    const dialog = this.#ensureDialog(draft);
    const made = { toTag: this.toTag, contact: this.contactFor(draft) };
    const response = composeResponse(draft, this.request, made);
    const bytes = printToKeep(response);
    this.transaction.toTag = this.toTag;
    const respond = (): void => this.transaction.respond(response.status, bytes);
    this.#success = new SuccessRepeater(this.context.clock, this.context.timers, respond);
    dialog.state = "confirmed";
    dialog.contact ??= response.headers.get("Contact");
    this.context.dialogs.touch(dialog);
    this.markAnswered();
    this.#reliable.beforeFinal(() => !this.#ended && this.#success?.start(this.#missingAck));
    return this.#sent(response, bytes);
  }

  #sent(message: SipResponse, bytes: Buffer): Outcome {
    const { flow } = this.arrival;
    return { message, size: bytes.length, flow, transactionId: this.id, dialogId: this.#dialogId };
  }

  /** RFC 3261 12.1.1. */
  #ensureDialog(draft: SipResponse): Dialog {
    if (this.dialog) return this.dialog;
    const dialog = newUasDialog(this, this.#dialogId, "INVITE", this.context);
    dialog.contact = draft.headers.get("Contact");
    this.context.dialogs.add(dialog);
    this.dialog = dialog;
    return dialog;
  }

  #endUnanswered(): void {
    this.#reliable.stop();
    if (this.#isReinvite) return;
    if (this.dialog) this.context.dialogs.remove(this.dialog);
    else this.context.dialogs.releaseId(this.#dialogId);
  }
}

/** The dialog of a request that we answer (RFC 3261 12.1.1). */
export function newUasDialog(from: IncomingRequest, id: string, kind: Dialog["kind"], context: CoreContext): Dialog {
  const { request, transaction, arrival } = from;
  const { envelope } = transaction;
  const to = request.headers.get("To") ?? "";
  const dialog = new Dialog({
    id,
    kind,
    role: "uas",
    callId: envelope.callId,
    localTag: from.toTag,
    remoteTag: envelope.fromTag,
    local: tagOf(to) === undefined ? withTag(to, from.toTag) : to,
    remote: request.headers.get("From") ?? "",
    routeSet: request.headers.list("Record-Route"),
    owner: from.owner ?? serverItself,
    // Our own requests begin after the peer's number, which is what drachtio does and as good as any.
    localSeq: envelope.cseq.number,
    remoteSeq: envelope.cseq.number,
    remoteTarget: contactUri(request),
    event: request.headers.get("Event"),
    flow: arrival.flow,
  });
  learnTarget(dialog, arrival, context);
  return dialog;
}

/** A CANCEL as it would have come for this INVITE: tells the application that its caller is gone. */
export function cancelFor(invite: SipRequest, reason: string | undefined): SipRequest {
  const headers = invite.headers.clone();
  headers.set("CSeq", `${parseInt(invite.headers.get("CSeq") ?? "0", 10)} CANCEL`);
  for (const name of ["Contact", "Content-Type", "Content-Length", "Supported", "Require"]) headers.remove(name);
  if (reason !== undefined) headers.set("Reason", reason);
  headers.add("Content-Length", "0");
  return { kind: "request", method: "CANCEL", uri: invite.uri, headers, body: emptyBody };
}
