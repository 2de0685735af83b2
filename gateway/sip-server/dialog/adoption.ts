import type { Timer } from "../../base/clock.ts";
import type { SipRequest } from "../../sip-syntax/message.ts";
import type { Flow } from "../transport/flow.ts";
import type { CoreContext, Refused } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import { type Owner, sharesTag } from "./owner.ts";

/** How long things wait for an application that comes back; milliseconds. */
export interface AdoptionTimes {
  /** Until the dialogs of an application that is gone are ended. */
  readonly orphanMs: number;
  /** Until a new INVITE that it did not answer gets its 503. */
  readonly unansweredMs: number;
  /** Until a re-INVITE goes to any application of the tag. */
  readonly reinviteMs: number;
  /** The same for all other requests. */
  readonly requestMs: number;
}

export interface AdoptionHooks {
  /** A request that waited has an owner now. */
  deliver(request: IncomingRequest): void;
  /** Nobody came for a dialog. */
  abandon(dialog: Dialog): void;
  /** The unanswered requests of `dialog` that `owner` was given. */
  heldBy(owner: Owner, dialog: Dialog): IncomingRequest[];
}

/** A BYE that came while nobody owned its dialog: answered, and kept for the next owner. */
interface KeptBye {
  readonly dialog: Dialog;
  readonly bye: SipRequest;
  readonly flow: Flow;
  readonly size: number;
  readonly timer: Timer;
}

/**
 * Dialogs belong to a tag and are used by one connection at a time. The first connection of the tag that sends a
 * frame in a dialog owns it from then on; what came while nobody did waits here.
 */
export class Adoption {
  readonly #context: CoreContext;
  readonly #times: AdoptionTimes;
  readonly #hooks: AdoptionHooks;
  readonly #waiting = new Map<IncomingRequest, Timer>();
  readonly #kept = new Map<string, KeptBye>();
  readonly #orphanTimers = new Set<Timer>();
  /** Former owners that are still connected: their frames come too late. */
  readonly #fenced = new WeakMap<Dialog, Set<Owner>>();

  constructor(context: CoreContext, times: AdoptionTimes, hooks: AdoptionHooks) {
    this.#context = context;
    this.#times = times;
    this.#hooks = hooks;
  }

  /** `owner` sends in the dialog, and owns it now unless it may not. */
  use(owner: Owner, dialog: Dialog): Refused | undefined {
    if (dialog.owner === owner) return undefined;
    const { connected } = dialog.owner;
    const fenced = connected && this.#fenced.get(dialog)?.has(owner) === true;
    // A call that is not established yet stays with whoever began it.
    if (fenced || !sharesTag(owner, dialog.owner) || (connected && dialog.state === "early")) return ownedByAnother;
    this.#adopt(owner, dialog);
    return undefined;
  }

  /** `owner` asks for a dialog that is over: it gets the BYE that was kept for it. */
  tellEnd(owner: Owner, dialogId: string): void {
    const kept = this.#kept.get(dialogId);
    if (!kept || !sharesTag(owner, kept.dialog.owner)) return;
    kept.timer.cancel();
    this.#kept.delete(dialogId);
    const { bye: request, flow, size } = kept;
    this.#context.events.emit("server bye", { owner, request, transactionId: "unsolicited", dialogId, flow, size });
  }

  /** Keeps a request in a dialog until somebody adopts that; then asks any application of the tag. */
  wait(request: IncomingRequest): void {
    const { reinviteMs, requestMs } = this.#times;
    const ms = request.method === "INVITE" ? reinviteMs : requestMs;
    this.#waiting.set(
      request,
      this.#context.clock.after(ms, () => this.#seek(request)),
    );
  }

  /** Keeps a BYE that was answered without an owner. */
  keep(dialog: Dialog, bye: SipRequest, flow: Flow, size: number): void {
    const timer = this.#context.clock.after(this.#times.orphanMs, () => this.#kept.delete(dialog.id));
    this.#kept.set(dialog.id, { dialog, bye, flow, size, timer });
  }

  /** An application is gone: its dialogs end unless somebody uses them in time. */
  ownerGone(owner: Owner): void {
    if (!this.#context.dialogs.all().some((dialog) => dialog.owner === owner)) return;
    const timer = this.#context.clock.after(this.#times.orphanMs, () => {
      this.#orphanTimers.delete(timer);
      for (const dialog of this.#context.dialogs.all()) if (dialog.owner === owner) this.#hooks.abandon(dialog);
    });
    this.#orphanTimers.add(timer);
  }

  /** The dialog is over: what waits in it has nobody to wait for. */
  dialogEnded(dialog: Dialog): void {
    for (const request of this.#waitingIn(dialog)) this.#refuse(request, 481, "Call/Transaction Does Not Exist");
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    for (const timer of this.#orphanTimers) timer.cancel();
    for (const { timer } of this.#kept.values()) timer.cancel();
  }

  #adopt(owner: Owner, dialog: Dialog): void {
    const former = dialog.owner;
    const fenced = this.#fenced.get(dialog) ?? new Set();
    fenced.delete(owner);
    this.#fenced.set(dialog, former.connected ? fenced.add(former) : fenced);
    const waiting = [...this.#hooks.heldBy(former, dialog), ...this.#waitingIn(dialog)];
    dialog.owner = owner;
    this.#context.dialogs.touch(dialog);
    for (const request of waiting) {
      this.#stopWaiting(request);
      request.take(owner);
      this.#hooks.deliver(request);
    }
  }

  /** Nobody used the dialog while the request waited. */
  #seek(request: IncomingRequest): void {
    const { dialog } = request;
    if (request.answered) return this.#stopWaiting(request);
    this.#context.events.emit("orphan", request);
    const found = request.owner;
    if (dialog && found?.connected) return this.#adopt(found, dialog);
    this.#refuse(request, 500, "Application Gone", [["Retry-After", "5"]]);
  }

  #refuse(request: IncomingRequest, status: number, reason: string, headers?: readonly [string, string][]): void {
    this.#stopWaiting(request);
    request.refuse(status, reason, headers);
  }

  #stopWaiting(request: IncomingRequest): void {
    this.#waiting.get(request)?.cancel();
    this.#waiting.delete(request);
  }

  #waitingIn(dialog: Dialog): IncomingRequest[] {
    return [...this.#waiting.keys()].filter((request) => request.dialog === dialog && !request.answered);
  }
}

const ownedByAnother: Refused = { refused: "dialog is owned by another connection" };
