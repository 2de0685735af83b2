import type { Timer } from "../../base/clock.ts";
import { Headers } from "../../sip-syntax/headers.ts";
import { emptyBody, type SipMessage, type SipRequest, type SipResponse } from "../../sip-syntax/message.ts";
import { parseSeconds } from "../../sip-syntax/session-expires.ts";
import type { CoreContext } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import { type SessionPolicy, type SessionTerms, termsIn } from "./session-terms.ts";

export interface SessionHooks {
  /** Sends a request of the server's own; its final response comes to `refused` unless it is a 2xx. */
  send(dialog: Dialog, request: SipRequest): void;
  /** Nobody refreshed: ends the dialog. */
  expire(dialog: Dialog): void;
}

/** The longest time that a timer can be set to. */
const maxMs = 2 ** 31 - 1;

/** RFC 4028 10: an end that is not refreshed gives up that long before the session is over, or a third of it. */
const graceSeconds = 32;

/** Milliseconds until a refresh is tried again that another exchange was in the way of (RFC 3261 14.1). */
const retryMs = { uac: [2100, 4000], uas: [0, 2000] } as const;

/**
 * Session timers (RFC 4028) of all confirmed dialogs, for applications that know nothing of them: we refresh where that
 * is our part, and end what the peer does not refresh.
 */
export class SessionTimers {
  readonly policy: SessionPolicy;
  readonly #context: CoreContext;
  readonly #hooks: SessionHooks;
  readonly #timers = new Map<Dialog, Timer>();
  /** Refreshing INVITEs without final response: no other INVITE may begin meanwhile (RFC 3261 14.1). */
  readonly #reinvites = new Map<Dialog, { over: Promise<void>; end: () => void }>();

  constructor(context: CoreContext, policy: SessionPolicy, hooks: SessionHooks) {
    this.#context = context;
    this.policy = policy;
    this.#hooks = hooks;
    context.dialogs.events.on("removed", (dialog) => this.#forget(dialog));
  }

  /** Resolves when no refreshing INVITE is open in the dialog; undefined when none is. */
  busy(dialog: Dialog): Promise<void> | undefined {
    return this.#reinvites.get(dialog)?.over;
  }

  /** A 2xx to INVITE or UPDATE: the session begins anew, by its terms. @param ours our part of the exchange */
  agreed(dialog: Dialog, response: SipResponse, role: "uac" | "uas", ours: SipMessage): void {
    this.#over(dialog);
    if (dialog.state !== "confirmed") return;
    dialog.session = termsIn(response, role);
    if (dialog.session) this.describe(dialog, ours);
    else dialog.description = undefined;
    this.#start(dialog);
    this.#context.dialogs.touch(dialog);
  }

  /** Keeps what we said of our media: a refreshing INVITE says it again (RFC 4028 7.4). */
  describe(dialog: Dialog, { headers, body }: SipMessage): void {
    const isSdp = body.length > 0 && /^application\/sdp\b/i.test(headers.get("Content-Type") ?? "application/sdp");
    if (isSdp) dialog.description = Buffer.from(body);
  }

  /** Takes up the sessions of before a restart. */
  resume(): void {
    for (const dialog of this.#context.dialogs.all()) {
      // When it was refreshed last is not known: each in its turn, and early.
      const ms = Math.random() * 250 * (dialog.session?.seconds ?? 0);
      if (dialog.session?.refresher === "us") this.#after(dialog, ms, () => this.#refresh(dialog));
      else this.#start(dialog);
    }
  }

  /** Our refresh was answered with a failure. */
  refused(dialog: Dialog, request: SipRequest, { status, headers }: SipResponse): void {
    this.#over(dialog);
    if (!dialog.session) return;
    // RFC 4028 7.4: the peer is gone, or knows nothing of the call.
    if (status === 408 || status === 481) return this.#expire(dialog);
    const again = delayAfter(dialog, status, headers);
    if (again !== undefined) return this.#after(dialog, again, () => this.#refresh(dialog));
    // It is there, and wants a password that only the application has: whether the call goes on is its decision.
    if (status === 401 || status === 407) return this.#start(dialog);
    if (request.method !== "UPDATE" || !dialog.description) return;
    dialog.takesUpdate = false;
    this.#refresh(dialog);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #start(dialog: Dialog): void {
    this.#timers.get(dialog)?.cancel();
    this.#timers.delete(dialog);
    const { session } = dialog;
    if (!session) return;
    const { seconds, refresher } = session;
    if (refresher === "us") this.#after(dialog, 500 * seconds, () => this.#refresh(dialog));
    else this.#after(dialog, 1000 * (seconds - graceOf(session)), () => this.#expire(dialog));
  }

  #after(dialog: Dialog, ms: number, fire: () => void): void {
    this.#timers.get(dialog)?.cancel();
    // A late answer in a call that has ended begins nothing.
    if (!this.#context.dialogs.has(dialog)) return;
    this.#timers.set(dialog, this.#context.clock.after(Math.min(ms, maxMs), fire));
  }

  #refresh(dialog: Dialog): void {
    const { session, localInvite } = dialog;
    if (!session || dialog.released || !this.#context.dialogs.has(dialog)) return;
    const inTheWay = localInvite?.final === false;
    if (inTheWay) return this.#after(dialog, delayOf("uac"), () => this.#refresh(dialog));
    this.#after(dialog, 1000 * (session.seconds / 2 - graceOf(session)), () => this.#expire(dialog));
    const request = refreshOf(dialog);
    if (request.method === "INVITE") this.#begin(dialog);
    this.#context.events.emit("session", "refreshed");
    this.#hooks.send(dialog, request);
  }

  #begin(dialog: Dialog): void {
    let end = (): void => {};
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#reinvites.set(dialog, { over, end });
  }

  #over(dialog: Dialog): void {
    this.#reinvites.get(dialog)?.end();
    this.#reinvites.delete(dialog);
  }

  #expire(dialog: Dialog): void {
    this.#forget(dialog);
    this.#context.events.emit("session", "expired");
    this.#hooks.expire(dialog);
  }

  #forget(dialog: Dialog): void {
    this.#over(dialog);
    this.#timers.get(dialog)?.cancel();
    this.#timers.delete(dialog);
  }
}

function graceOf(session: SessionTerms): number {
  return Math.min(graceSeconds, session.seconds / 3);
}

function delayOf(role: "uac" | "uas"): number {
  const [from, to] = retryMs[role];
  return from + Math.random() * (to - from);
}

/** Milliseconds until it is worth trying again; undefined when it is not. */
function delayAfter(dialog: Dialog, status: number, headers: Headers): number | undefined {
  if (status === 491) return delayOf(dialog.role);
  const seconds = status >= 500 && status < 600 ? parseSeconds(headers.get("Retry-After")) : undefined;
  return seconds === undefined ? undefined : 1000 * seconds;
}

/** RFC 4028 7.4: UPDATE where it is known to be allowed, because it touches nothing else; else the last INVITE again. */
function refreshOf({ takesUpdate, description }: Dialog): SipRequest {
  const uri = "sip:placeholder";
  if (takesUpdate === true || !description) {
    return { kind: "request", method: "UPDATE", uri, headers: new Headers(), body: emptyBody };
  }
  const headers = Headers.of([["Content-Type", "application/sdp"]]);
  return { kind: "request", method: "INVITE", uri, headers, body: description };
}
