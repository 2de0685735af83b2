import type { Timer } from "../../base/clock.ts";
import { bytesOf } from "../../base/kept-bytes.ts";
import { uuid } from "../../base/ids.ts";
import { ownText } from "../../base/own-text.ts";
import { printMessage, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import { tagOf } from "../../sip-syntax/name-addr.ts";
import type { Arrival } from "../transport/flow.ts";
import type { Sending } from "./attempts.ts";
import { composeCancel } from "./compose-request.ts";
import type { CoreContext } from "./core.ts";
import { Dialog, type SentAck } from "./dialog.ts";
import { type OutgoingHooks, OutgoingRequest } from "./outgoing-request.ts";
import { contactUri, learnTarget } from "./remote-target.ts";
import type { Owner } from "./owner.ts";

/** What the core does for an INVITE that the request itself cannot. */
export interface OutgoingInviteHooks extends OutgoingHooks {
  /** A 2xx that must be released unless the application acknowledges it. */
  furtherFork(invite: OutgoingInvite, dialog: Dialog): void;
  /** A 2xx to a re-INVITE whose application is gone. */
  unclaimed(invite: OutgoingInvite, dialog: Dialog): void;
}

/** A reliable provisional response that came last (RFC 3262 4), and whether one had a description. */
interface Reliable {
  readonly rseq: number;
  readonly answered: boolean;
}

/** What a dialog takes from the INVITE that makes it. */
interface Origin {
  readonly callId: string;
  readonly local: string;
  readonly contact: string | undefined;
  readonly uri: string;
  readonly seq: number;
}

/** A sent INVITE: its early dialogs, one a To tag (RFC 3261 12.1.2, 13.2.2), and its CANCEL (9.1). */
export class OutgoingInvite extends OutgoingRequest {
  readonly #hooks: OutgoingInviteHooks;
  readonly #baseId: string;
  /** Its dialogs by To tag; of one that is over, its ACK. */
  readonly #dialogs = new Map<string, Dialog | SentAck>();
  /** RFC 3262 4: the last RSeq of each early dialog, and whether it answered our offer so; most calls have none. */
  #rseqs: Map<string, Reliable> | undefined;
  #baseIdUsed = false;
  #provisional = false;
  /** What applications know the CANCEL by. */
  readonly cancelId = uuid();
  #cancel: { request: SipRequest; bytes: Buffer } | undefined;
  #cancelSent = false;
  #cancelLimit: Timer | undefined;
  /** Of the INVITE that was answered: what further forks need of it. */
  #origin: Origin | undefined;

  constructor(
    owner: Owner,
    sending: Sending,
    dialog: Dialog | undefined,
    context: CoreContext,
    hooks: OutgoingInviteHooks,
  ) {
    super(owner, sending, dialog, context, hooks);
    this.#hooks = hooks;
    const { headers } = this.request;
    const tag = tagOf(headers.get("From") ?? "") ?? "";
    this.#baseId = dialog?.id ?? context.dialogs.reserveId(headers.get("Call-ID") ?? "", tag);
  }

  override get dialogId(): string {
    return this.#baseId;
  }

  override get givenUp(): boolean {
    return super.givenUp || this.cancelled;
  }

  /** True once the application gave the INVITE up. */
  get cancelled(): boolean {
    return this.#cancel !== undefined;
  }

  /** Its CSeq number, as it was sent last. */
  get seq(): number {
    return this.#origin?.seq ?? seqOf(this.request);
  }

  /** Sends a CANCEL, or keeps it until a provisional response shows that it will be understood (RFC 3261 9.1). */
  cancel(draft: SipRequest): { request: SipRequest; size: number } {
    const request = composeCancel(draft, this.request);
    this.#cancel = { request, bytes: printMessage(request) };
    if (this.#provisional) this.#sendCancel();
    return { request, size: this.#cancel.bytes.length };
  }

  override response(arrival: Arrival): void {
    if (arrival.message.kind !== "response") return;
    this.#provisional = true;
    const { status } = arrival.message;
    if (this.#cancel && !this.#cancelSent && status < 200) this.#sendCancel();
    if (status === 100) return;
    if (status < 300) this.#dialogResponse(arrival.message, arrival);
    else this.report(arrival.message, arrival, this.#baseId);
    if (status >= 300) this.#drop();
  }

  override fail(status: number, reason: string): void {
    super.fail(status, reason);
    this.#drop();
  }

  settled(): void {
    const [first] = this.#open();
    this.#origin = first ? originOfFork(first, this.seq) : originOf(this.request);
  }

  override terminated(): void {
    this.#cancelLimit?.cancel();
    this.#drop();
    super.terminated();
  }

  override offersIn(dialog: Dialog): boolean {
    return super.offersIn(dialog) && !this.#rseqs?.get(dialog.remoteTag)?.answered;
  }

  /** Answered calls that nobody acknowledged. */
  unacknowledged(): Dialog[] {
    return this.#open().filter(({ state, ack }) => state === "confirmed" && !ack);
  }

  /** The call is over, and only a 2xx that comes again could still be of interest. */
  over(dialog: Dialog): void {
    if (dialog.ack && this.#dialogs.get(dialog.remoteTag) === dialog) this.#dialogs.set(dialog.remoteTag, dialog.ack);
  }

  /** Stops the timer: the process ends. */
  dispose(): void {
    this.#cancelLimit?.cancel();
  }

  #dialogResponse(response: SipResponse, arrival: Arrival): void {
    const tag = tagOf(response.headers.get("To") ?? "");
    if (this.dialog) return this.#reinviteResponse(this.dialog, response, arrival);
    if (tag === undefined) return this.report(response, arrival, this.#baseId);
    if (response.status === 199) return this.#earlyDialogOver(tag, response, arrival);
    const known = this.#dialogs.get(tag);
    if (known && !(known instanceof Dialog)) return this.#repeated(known);
    const dialog = known ?? this.#newDialog(tag, response, arrival);
    if (response.status < 200) return this.#provisionalIn(dialog, response, arrival);
    const first = !this.final;
    if (dialog.state === "confirmed") return this.#repeated(dialog.ack);
    dialog.state = "confirmed";
    learnTarget(dialog, arrival, this.context);
    this.context.dialogs.touch(dialog);
    // Answers that nobody may want any more: another fork's, a cancelled call's, a lost application's.
    if (!first || this.cancelled || !this.owner.connected) this.#hooks.furtherFork(this, dialog);
    this.agreed(dialog, response);
    this.report(response, arrival, dialog.id);
  }

  #reinviteResponse(dialog: Dialog, response: SipResponse, arrival: Arrival): void {
    if (response.status >= 200 && this.final) return this.#repeated(dialog.ack);
    if (response.status >= 200) {
      learnTarget(dialog, arrival, this.context);
      this.agreed(dialog, response);
      this.context.dialogs.touch(dialog);
    } else if (!this.#isNewRSeq(dialog.remoteTag, response)) return;
    this.report(response, arrival, dialog.id);
    if (response.status > 199 && response.status < 300 && !this.owner.connected) this.#hooks.unclaimed(this, dialog);
  }

  /** RFC 6228 4: one fork has failed, and others may not have. A reliable one still wants its PRACK in that dialog. */
  #earlyDialogOver(tag: string, response: SipResponse, arrival: Arrival): void {
    const known = this.#dialogs.get(tag);
    const dialog = known instanceof Dialog ? known : undefined;
    if (dialog && response.headers.has("RSeq")) return this.#provisionalIn(dialog, response, arrival);
    this.report(response, arrival, dialog?.id ?? this.#baseId);
    if (dialog?.state !== "early") return;
    this.#dialogs.delete(tag);
    this.context.dialogs.remove(dialog);
  }

  #provisionalIn(dialog: Dialog, response: SipResponse, arrival: Arrival): void {
    if (!this.#isNewRSeq(dialog.remoteTag, response)) return;
    if (contactUri(response) !== undefined && dialog.state === "early") learnTarget(dialog, arrival, this.context);
    this.report(response, arrival, dialog.id);
  }

  /** RFC 3262 4: reliable responses count up by one; copies and those out of order are dropped. */
  #isNewRSeq(tag: string, response: SipResponse): boolean {
    const value = response.headers.get("RSeq");
    if (value === undefined || !response.headers.lists("Require", "100rel")) return true;
    const rseq = Number(value);
    const last = this.#rseqs?.get(tag);
    if (last && rseq !== last.rseq + 1) return false;
    this.#rseqs ??= new Map();
    this.#rseqs.set(tag, { rseq, answered: response.body.length > 0 || last?.answered === true });
    return true;
  }

  /** RFC 3261 13.2.2.4: a 2xx that comes again is answered with the same ACK. */
  #repeated(ack: SentAck | undefined): void {
    if (ack?.cseq === this.seq) ack.flow.send(bytesOf(ack.bytes), () => {});
  }

  /** RFC 3261 12.1.2. */
  #newDialog(tag: string, response: SipResponse, arrival: Arrival): Dialog {
    const { callId, local, contact, uri } = this.#origin ?? originOf(this.request);
    const localTag = tagOf(local) ?? "";
    const dialog = new Dialog({
      id: this.#baseIdUsed ? this.context.dialogs.reserveId(callId, localTag) : this.#baseId,
      kind: "INVITE",
      role: "uac",
      callId,
      localTag,
      remoteTag: tag,
      local,
      remote: response.headers.get("To") ?? "",
      routeSet: response.headers.list("Record-Route").reverse(),
      owner: this.owner,
      localSeq: this.seq,
      remoteTarget: contactUri(response),
      firstTarget: uri,
      flow: arrival.flow,
    });
    this.#baseIdUsed = true;
    dialog.localInvite = this;
    dialog.contact = contact;
    this.#dialogs.set(tag, dialog);
    this.context.dialogs.add(dialog);
    learnTarget(dialog, arrival, this.context);
    return dialog;
  }

  #sendCancel(): void {
    if (!this.#cancel || this.#cancelSent || this.final) return;
    this.#cancelSent = true;
    const nothing = (): void => {};
    const user = { response: nothing, timeout: nothing, transportError: nothing, terminated: nothing };
    this.context.transactions.clientForCancel(this.#cancel.request, this.transaction.flow, user).start();
    // RFC 3261 9.1: without a final response for 64·T1 the INVITE counts as cancelled.
    this.#cancelLimit = this.context.clock.after(64 * this.context.timers.T1, () => {
      this.fail(487, "Request Terminated");
      this.transaction.abandon();
    });
  }

  #open(): Dialog[] {
    return [...this.#dialogs.values()].filter((one) => one instanceof Dialog);
  }

  /** Early dialogs end with a final failure, and with the transaction (RFC 3261 12.3, 13.2.2.4). */
  #drop(): void {
    for (const dialog of this.#open()) if (dialog.state === "early") this.context.dialogs.remove(dialog);
    if (!this.dialog && !this.#baseIdUsed) this.context.dialogs.releaseId(this.#baseId);
  }
}

function seqOf({ headers }: SipRequest): number {
  return parseInt(headers.get("CSeq") ?? "0", 10);
}

/** The same, sharing what is kept of it already. */
function originOfFork({ callId, local, contact, firstTarget = "" }: Dialog, seq: number): Origin {
  return { callId, local, contact, uri: firstTarget, seq };
}

function originOf(request: SipRequest): Origin {
  const { uri, headers } = request;
  const contact = headers.get("Contact");
  return {
    callId: ownText(headers.get("Call-ID") ?? ""),
    local: ownText(headers.get("From") ?? ""),
    contact: contact === undefined ? undefined : ownText(contact),
    uri: ownText(uri),
    seq: seqOf(request),
  };
}
