import { uuid } from "../../base/ids.ts";
import type { Timer } from "../../base/clock.ts";
import { keepBytes } from "../../base/kept-bytes.ts";
import { Headers } from "../../sip-syntax/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import type { Flow } from "../transport/flow.ts";
import type { Sending } from "./attempts.ts";
import { composeInDialog, composeRequest, firstHop, hopOf } from "./compose-request.ts";
import { noDialog, type CoreContext, type Outcome, type StopReason } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import { leadsTo, NextHopError } from "./next-hop.ts";
import { OutgoingInvite, type OutgoingInviteHooks } from "./outgoing-invite.ts";
import { OutgoingRequest } from "./outgoing-request.ts";
import { OutgoingSubscribe } from "./outgoing-subscribe.ts";
import { longerTimer, refreshesSession, withTimer } from "./session-terms.ts";
import type { SessionTimers } from "./session-timers.ts";
import { Ways } from "./ways.ts";
import { type Owner, serverItself } from "./owner.ts";

/** Requests of these methods reach a registered client by the connection that it registered with. */
const usesRegistration: ReadonlySet<string> = new Set(["INVITE", "OPTIONS", "NOTIFY", "MESSAGE"]);

/** Sent requests, in and outside dialogs (RFC 3261 8.1, 12.2.1). */
export class UserAgentClient {
  readonly #context: CoreContext;
  readonly #sessions: SessionTimers;
  readonly #end: (dialog: Dialog) => void;
  readonly #sent = new Map<string, OutgoingRequest>();
  /** Answers of forks that nobody took yet. */
  readonly #forks = new Map<Dialog, Timer>();
  readonly #hooks: OutgoingInviteHooks;

  /** `end` forgets a dialog that is over. */
  constructor(context: CoreContext, sessions: SessionTimers, end: (dialog: Dialog) => void) {
    this.#context = context;
    this.#sessions = sessions;
    this.#end = end;
    context.dialogs.events.on("removed", (dialog) => dialog.localInvite?.over?.(dialog));
    this.#hooks = {
      onAgreed: ({ request }, dialog, response) => this.#sessions.agreed(dialog, response, "uac", request),
      onFinal: (request, response) => this.#final(request, response),
      onTerminated: (request) => void this.#sent.delete(request.id),
      furtherFork: (invite, dialog) => this.#awaitTaking(invite, dialog),
      unclaimed: (_, dialog) => void this.sendInDialog(serverItself, dialog, bare("ACK")),
    };
  }

  /** Sends a request outside a dialog; `route` is the next hop when it is not the Request-URI's host. */
  async send(owner: Owner, asked: SipRequest, route: string | undefined): Promise<Outcome> {
    const draft = withTimer(asked, this.#sessions.policy, undefined);
    try {
      // Whoever names the next hop means it: a Contact may be claimed by several who registered.
      const fits = (flow: Flow): boolean => route === undefined || leadsTo(flow, route);
      const asked = usesRegistration.has(draft.method);
      const registered = asked ? this.#context.registered.find(draft.uri, fits) : undefined;
      const found = registered ? Ways.only(registered) : this.#context.nextHop.waysTo(route ?? hopOf(draft));
      const ways = found instanceof Promise ? await found : found;
      const compose: Sending["compose"] = (flow, previous) => composeRequest(again(draft, previous), flow);
      return this.#begin(owner, draft.method, { ways, compose, revise: (...of) => withLongerTimer(...of) }, undefined);
    } catch (fault) {
      return refusal(fault, draft);
    }
  }

  /** Sends a request inside a dialog, ACK included. */
  async sendInDialog(owner: Owner, dialog: Dialog, asked: SipRequest): Promise<Outcome> {
    const draft = dialog.kind === "INVITE" ? withTimer(asked, this.#sessions.policy, dialog.session) : asked;
    try {
      const refreshing = draft.method === "INVITE" ? this.#sessions.busy(dialog) : undefined;
      if (refreshing && owner !== serverItself) await refreshing;
      if (dialog.remoteTarget === undefined && draft.method !== "PRACK") return noRoute(dialog);
      if (draft.method === "BYE") this.#cancelInvite(dialog);
      const found = this.#waysIn(dialog);
      const ways = found instanceof Promise ? await found : found;
      if (draft.method === "ACK" || draft.method === "PRACK") this.#describe(dialog, draft);
      if (draft.method === "ACK") return this.#acknowledge(dialog, draft, ways.flow);
      if (dialog.released && owner !== serverItself) return noDialog(draft.method);
      const seq = ++dialog.localSeq;
      this.#context.dialogs.touch(dialog);
      return this.#begin(
        owner,
        draft.method,
        {
          ways,
          compose: (flow) => composeInDialog(draft, dialog, flow, seq),
          revise: (request, response) => withLongerTimer(request, response, () => ++dialog.localSeq),
        },
        dialog,
      );
    } catch (fault) {
      return refusal(fault, draft);
    }
  }

  /** Cancels an INVITE by its transaction id. */
  cancel(owner: Owner, transactionId: string, draft: SipRequest): Outcome {
    const invite = this.#sent.get(transactionId);
    if (!(invite instanceof OutgoingInvite) || invite.final || invite.owner !== owner) {
      return { refused: `unable to cancel unknown transaction id: ${transactionId}` };
    }
    const { request, size } = invite.cancel(draft);
    return { message: request, size, flow: invite.transaction.flow, transactionId: invite.cancelId, dialogId: "" };
  }

  /** The application is gone: its open INVITEs are given up, and calls that it did not acknowledge are released. */
  ownerGone(owner: Owner): void {
    for (const invite of this.#sent.values()) {
      if (invite.owner !== owner || !(invite instanceof OutgoingInvite)) continue;
      if (!invite.final) invite.cancel(bare("CANCEL"));
      for (const dialog of invite.unacknowledged()) if (!this.#forks.has(dialog)) this.#awaitTaking(invite, dialog);
    }
  }

  /** Ends a dialog with a BYE of ours; the application is told, and cannot answer. */
  release(dialog: Dialog, reason: string, cause = 200, recorded: StopReason = "system-initiated-termination"): void {
    if (dialog.released) return;
    dialog.released = true;
    const headers = Headers.of([["Reason", `SIP;cause=${cause};text="${reason}"`]]);
    const { owner } = dialog;
    void this.sendInDialog(serverItself, dialog, { ...bare("BYE"), headers }).then((outcome) => {
      this.#end(dialog);
      if ("refused" in outcome || outcome.message.kind !== "request") return;
      const { message: request, flow, size } = outcome;
      const { events } = this.#context;
      events.emit("server bye", { owner, request, transactionId: "unsolicited", dialogId: dialog.id, flow, size });
      events.emit("record", {
        step: "stop",
        source: "application",
        reason: recorded,
        message: request,
      });
    });
  }

  /** Ends a subscription that nobody cares for any more (RFC 6665 4.1.3, 4.1.2.2). */
  unsubscribe(dialog: Dialog): void {
    if (dialog.released) return;
    dialog.released = true;
    const [method, last] =
      dialog.role === "uas"
        ? (["NOTIFY", ["Subscription-State", "terminated;reason=deactivated"]] as const)
        : (["SUBSCRIBE", ["Expires", "0"]] as const);
    const headers = Headers.of([...(dialog.event === undefined ? [] : [["Event", dialog.event] as const]), last]);
    void this.sendInDialog(serverItself, dialog, { ...bare(method), headers }).then(() => this.#end(dialog));
  }

  dispose(): void {
    for (const timer of this.#forks.values()) timer.cancel();
    for (const request of this.#sent.values()) if (request instanceof OutgoingInvite) request.dispose();
  }

  #begin(owner: Owner, method: string, sending: Sending, dialog: Dialog | undefined): Outcome {
    const sent = this.#make(owner, method, sending, dialog);
    const { request, transaction } = sent;
    this.#sent.set(sent.id, sent);
    if (dialog && request.method === "INVITE") dialog.localInvite = sent;
    if (dialog && request.method === "UPDATE") dialog.localUpdate = sent;
    sent.start();
    if (request.method === "INVITE" && !dialog) this.#record(request);
    const { flow, size } = transaction;
    return { message: request, size, flow, transactionId: sent.id, dialogId: sent.dialogId };
  }

  #make(owner: Owner, method: string, sending: Sending, dialog: Dialog | undefined): OutgoingRequest {
    if (method === "INVITE") return new OutgoingInvite(owner, sending, dialog, this.#context, this.#hooks);
    const kind = method === "SUBSCRIBE" && !dialog ? OutgoingSubscribe : OutgoingRequest;
    return new kind(owner, sending, dialog, this.#context, this.#hooks);
  }

  /** Its connection first, then that of a new registration, then the address behind NAT, then what the route set says (RFC 3261 12.2.1.1, 5626). */
  #waysIn(dialog: Dialog): Ways | Promise<Ways> {
    const { flow, natAddress } = dialog;
    const { nextHop, registered, returning } = this.#context;
    if (flow?.reliable && flow.open) return Ways.only(flow);
    const known = dialog.remoteTarget && registered.find(dialog.remoteTarget);
    if (known) return Ways.only(known);
    const expected = returning.expected(dialog);
    if (expected) return Ways.only(expected);
    if (natAddress && flow) return Ways.only(nextHop.toAddress(natAddress, "udp", flow.listener));
    // Without Contact and routes the only address known is where the INVITE went.
    const nowhere = dialog.remoteTarget === undefined && dialog.routeSet.length === 0;
    return flow && nowhere ? Ways.only(this.#sameWay(flow)) : nextHop.waysTo(firstHop(dialog), flow?.listener);
  }

  #sameWay({ remote, listener }: Flow): Flow {
    return this.#context.nextHop.toAddress(remote, listener.protocol, listener);
  }

  #acknowledge(dialog: Dialog, draft: SipRequest, flow: Flow): Outcome {
    const invite = dialog.localInvite;
    const open = invite && this.#sent.get(invite.id);
    if (!(open instanceof OutgoingInvite) || !open.final || dialog.state === "early") {
      return { refused: "Server error: ACK for non-success final response is automatically generated by server" };
    }
    const request = composeInDialog(draft, dialog, flow, open.seq);
    const bytes = this.#context.transactions.sendAck(request, flow, () => {});
    dialog.ack = { cseq: open.seq, bytes: keepBytes(bytes), flow };
    this.#taken(dialog);
    // A re-INVITE that was answered in spite of its CANCEL leaves the call as it is.
    if (open.cancelled && !open.dialog) this.release(dialog, "ACK-BYE due to cancel race condition");
    return { message: request, size: bytes.length, flow, transactionId: uuid(), dialogId: dialog.id };
  }

  /** RFC 3261 13.2.2.4: the 2xx of a further fork is ACKed and released, unless the application ACKs it itself. */
  #awaitTaking(invite: OutgoingInvite, dialog: Dialog): void {
    const { clock, timers } = this.#context;
    const timer = clock.after(4 * timers.T1, () => void this.#dropFork(invite, dialog));
    this.#forks.set(dialog, timer);
  }

  async #dropFork(invite: OutgoingInvite, dialog: Dialog): Promise<void> {
    this.#forks.delete(dialog);
    await this.sendInDialog(serverItself, dialog, bare("ACK"));
    // The ACK of a cancelled INVITE has released it already.
    if (invite.cancelled || !this.#context.dialogs.has(dialog)) return;
    if (invite.owner.connected) this.release(dialog, "another fork has answered");
    else this.release(dialog, "application lost", 503);
  }

  #taken(dialog: Dialog): void {
    this.#forks.get(dialog)?.cancel();
    this.#forks.delete(dialog);
  }

  /** RFC 3261 15: a BYE while our own re-INVITE is open ends that too. */
  #cancelInvite(dialog: Dialog): void {
    const open = dialog.localInvite && this.#sent.get(dialog.localInvite.id);
    if (open instanceof OutgoingInvite && !open.final && !open.cancelled) open.cancel(bare("CANCEL"));
  }

  #final(request: OutgoingRequest, response: SipResponse): void {
    const { method, headers } = request.request;
    const { dialog } = request;
    if (method === "INVITE" && !dialog) this.#recordAnswer(request, response);
    if (!dialog) return;
    if (request.owner === serverItself && response.status >= 300 && refreshesSession.has(method)) {
      this.#sessions.refused(dialog, request.request, response);
    }
    const challenged = response.status === 401 || response.status === 407;
    const lastNotify = method === "NOTIFY" && /^terminated/i.test(headers.get("Subscription-State") ?? "");
    if ((method === "BYE" && !challenged) || (lastNotify && dialog.kind === "SUBSCRIBE")) this.#end(dialog);
    if (method === "BYE") {
      const { events } = this.#context;
      events.emit("record", {
        step: "stop",
        source: "application",
        reason: "normal-release",
        message: request.request,
      });
    }
  }

  /** What answers an offer of the peer is our description from now on. */
  #describe(dialog: Dialog, draft: SipRequest): void {
    if (draft.body.length > 0) this.#sessions.describe(dialog, draft);
  }

  #record(message: SipRequest): void {
    this.#context.events.emit("record", { step: "attempt", source: "application", message });
  }

  #recordAnswer(request: OutgoingRequest, response: SipResponse): void {
    const { events } = this.#context;
    if (response.status < 300) {
      return events.emit("record", { step: "start", source: "network", role: "uac", message: response });
    }
    const reason = request instanceof OutgoingInvite && request.cancelled ? "call-canceled" : "call-rejected";
    events.emit("record", { step: "stop", source: "network", reason, message: response });
  }
}

/** RFC 4028 7.3: a 422 tells the least that will be granted. */
function withLongerTimer(
  request: SipRequest,
  response: SipResponse,
  next = (): number => parseInt(request.headers.get("CSeq") ?? "0", 10) + 1,
): SipRequest | undefined {
  const longer = response.status === 422 ? longerTimer(request, response) : undefined;
  longer?.headers.set("CSeq", `${next()} ${request.method}`);
  return longer;
}

/** What is sent another way is the same request: only what tells where we are may differ. */
function again(draft: SipRequest, previous: SipRequest | undefined): SipRequest {
  if (!previous) return draft;
  const headers = draft.headers.clone();
  for (const name of ["From", "Call-ID", "CSeq"]) headers.set(name, previous.headers.get(name) ?? "");
  return { ...draft, headers };
}

function bare(method: string): SipRequest {
  return { kind: "request", method, uri: "sip:placeholder", headers: new Headers(), body: emptyBody };
}

function noRoute(dialog: Dialog): Outcome {
  const what = "unable to find route when sending request inside dialog for dialog id";
  return { refused: `Server error: ${what} ${dialog.id}` };
}

/** drachtio's words for what cannot be sent. */
function refusal(fault: unknown, draft: SipRequest): Outcome {
  if (!(fault instanceof NextHopError)) return { refused: "Error creating sip transaction for uac request" };
  if (fault.code === "invalid-uri") return { refused: `invalid request-uri: ${draft.method} ${draft.uri} SIP/2.0` };
  return { refused: fault.message };
}
