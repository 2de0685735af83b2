import type { Clock, Timer } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { Mailbox } from "../base/mailbox.ts";
import { RelayError, type Relay } from "../media/relay.ts";
import { CallMedia } from "./call-media.ts";
import type { Cause } from "./cause.ts";
import { noJournal, type CallJournal } from "./journal.ts";
import type { CallId, Description, Leg, LegFact, OfferedCall } from "./leg.ts";
import type { MediaFact, MediaFacts } from "./media-facts.ts";
import type { Side } from "./negotiation.ts";
import { Ringing } from "./ringing.ts";
import { nextCallState, type CallInput, type CallState } from "./state.ts";
import { Talking } from "./talking.ts";
import { Tape } from "./tape.ts";

export interface CallSettings {
  /** How long a call may ring, in milliseconds. */
  readonly ringTimeout: number;
}

/** What a call needs from its surroundings. */
export interface CallParts {
  readonly relay: Relay;
  readonly facts: MediaFacts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CallSettings;
  readonly journal?: CallJournal;
  /** Legs for the targets that `leg` names instead of itself, or why the caller may not be sent there. */
  redirect(leg: Leg, targets: readonly string[], hops: number): Promise<readonly Leg[] | Cause>;
}

export interface CallOutcome {
  readonly cause: Cause;
  readonly by: "caller" | "callee" | "system";
  /** From answer to end, in milliseconds; 0 when nobody answered. */
  readonly durationMs: number;
}

export interface CallEvents {
  connected: [];
  ended: [CallOutcome];
}

type Turn = () => void;

/**
 * Joins a calling leg with the first of its branches that answers. All that happens is a turn of one mailbox; a
 * relay's result comes back as a turn too, and is dropped when the state in which it was asked for has passed.
 * The relay sessions and the ring timer are this object's; legs end by a command or by themselves.
 */
export class Call extends Emitter<CallEvents> {
  readonly id: CallId;
  readonly reference: string;
  readonly caller: Leg;
  readonly #parts: CallParts;
  readonly #offer: Description | undefined;
  readonly #mailbox: Mailbox<Turn>;
  readonly #media: CallMedia;
  readonly #ringing: Ringing;
  readonly #stopCaller: () => void;
  readonly #log: Logger;
  readonly #tape: Tape;
  #state: CallState = "routing";
  #callee: Leg | undefined;
  #stopCallee: () => void = () => {};
  #talking: Talking | undefined;
  #ringTimer: Timer | undefined;
  #callerRings = false;
  #answeredAt: number | undefined;

  constructor(
    offered: OfferedCall & { callId: CallId },
    caller: Leg,
    offer: Description | undefined,
    parts: CallParts,
  ) {
    super();
    this.id = offered.callId;
    this.reference = offered.reference;
    this.#tape = new Tape(parts.journal ?? noJournal, parts.clock, parts.relay);
    this.caller = this.#tape.leg(caller);
    this.#offer = offer;
    this.#parts = parts;
    this.#log = parts.log.child({ call: offered.reference });
    this.#mailbox = new Mailbox(
      (turn) => turn(),
      (fault) => this.#broke(fault),
    );
    this.#media = new CallMedia(this.id, caller, this.#tape.relay(), parts.facts, (fact) =>
      this.#post(() => this.#mediaFact(fact)),
    );
    this.#ringing = new Ringing({
      offered,
      offer,
      media: this.#media,
      relay: (operation, then, failed) => this.#relay(operation, then, failed),
      post: (turn) => this.#post(turn),
      redirect: (leg, targets, hops) => parts.redirect(leg, targets, hops),
      tape: (leg) => this.#tape.leg(leg),
      rings: () => this.#rings(),
      early: (description) => void (this.#go("progress") && this.caller.command({ do: "early", description })),
      answered: (leg, description, stop) => this.#answered(leg, description, stop),
      left: () => void this.#go("branch-left"),
      nobody: (cause, by) => this.#end("last-branch-left", cause, by),
      fact: (leg, fact) => void (leg === this.#callee && this.#calleeFact(fact)),
    });
    this.#stopCaller = this.caller.listen((fact) => this.#post(() => this.#callerFact(fact)));
  }

  get state(): CallState {
    return this.#state;
  }

  /** The leg that answered. */
  get callee(): Leg | undefined {
    return this.#callee;
  }

  /** Rings `legs` at once. Called once, by the switchboard. A leg that was never commanded holds nothing. */
  ring(legs: readonly Leg[]): void {
    this.#post(() => {
      if (!this.#go("routed")) return;
      this.#ringTimer = this.#parts.clock.after(this.#parts.settings.ringTimeout, () =>
        this.#post(() => this.#end("ring-timeout", { code: "no-answer" }, "system")),
      );
      this.#ringing.add(legs);
    });
  }

  /** Nobody to ring. */
  refuse(cause: Cause): void {
    this.#post(() => this.#end("unroutable", cause, "system"));
  }

  /** The gateway ends the call. */
  close(cause: Cause): void {
    this.#post(() => this.#end("closed", cause, "system"));
  }

  #post(turn: Turn): void {
    this.#mailbox.post(turn);
  }

  #rings(): void {
    if (!this.#go("progress") || this.#callerRings) return;
    this.#callerRings = true;
    this.caller.command({ do: "ringing" });
  }

  // ---- answer ----

  #answered(leg: Leg, description: Description | undefined, stop: () => void): void {
    if (!this.#go("branch-answered")) return stop();
    this.#ringTimer?.cancel();
    this.#callee = leg;
    this.#stopCallee = stop;
    this.#ringing.end({ code: "answered-elsewhere" }, "system");
    this.#media.keep(leg.kind);
    if (!description) return this.#mediaMissing("answered without a session description");
    if (this.#offer) this.#join(leg, description);
    else this.#joinLate(leg, description);
  }

  #join(leg: Leg, { sdp: answer }: Description): void {
    this.#relay(
      () => this.#media.answerToCaller(leg, answer),
      (sdp) => {
        if (!this.#go("joined")) return;
        this.caller.command({ do: "answer", description: { kind: "answer", sdp, generation: 1 } });
        leg.command({ do: "confirm" });
        this.#connected(leg);
      },
    );
  }

  /** RFC 3261 13.2.1: the caller sent no offer, so the callee's goes to it with the answer. */
  #joinLate(leg: Leg, { sdp: offer }: Description): void {
    this.#relay(
      () => this.#media.offerToCaller(leg, offer),
      (sdp) => {
        if (!this.#go("offer-joined")) return;
        this.caller.command({ do: "answer", description: { kind: "offer", sdp, generation: 1 } });
      },
    );
  }

  #confirmed(description: Description | undefined): void {
    const leg = this.#callee;
    if (!leg) return;
    if (!description) return this.#mediaMissing("no answer in the ACK");
    this.#relay(
      () => this.#media.answerToBranch(leg, description.sdp),
      (sdp) => {
        if (!this.#go("confirmed")) return;
        leg.command({ do: "confirm", description: { kind: "answer", sdp, generation: 1 } });
        this.#connected(leg);
      },
    );
  }

  #mediaMissing(text: string): void {
    this.#end("media-failed", { code: "media-failed", text }, "system");
  }

  #connected(callee: Leg): void {
    const { clock } = this.#parts;
    this.#answeredAt = clock.monotonic();
    const session = this.#media.session(callee.kind);
    session.watch();
    const sides = { caller: this.#media.callerSide(), callee: this.#media.branchSide(callee) };
    this.#talking = new Talking(
      { caller: this.caller, callee },
      { session, sides, direction: (sdp) => this.#media.direction(sdp) },
      (operation, then, failed) => this.#relay(operation, then, failed),
      clock,
      this.#log,
    );
    this.#log.info("call connected", { callee: callee.id });
    this.emit("connected");
  }

  // ---- talking ----

  #callerFact(fact: LegFact): void {
    if (fact.is === "ended") return this.#legEnded("caller", fact.cause);
    if (fact.is === "confirmed" && this.#state === "confirming") return this.#confirmed(fact.description);
    this.#talk("caller", this.caller, fact);
  }

  #calleeFact(fact: LegFact): void {
    if (fact.is === "ended") return this.#legEnded("callee", fact.cause);
    if (fact.is === "redirected") return this.#legEnded("callee", { code: "redirected" });
    if (this.#callee) this.#talk("callee", this.#callee, fact);
  }

  #talk(side: Side, leg: Leg, fact: LegFact): void {
    if (this.#talking) this.#talking.fact(side, fact);
    else if (fact.is === "update" || fact.is === "renewed")
      leg.command({ do: "refuse-update", cause: { code: "overload" } });
  }

  #mediaFact(fact: MediaFact): void {
    this.#tape.media(fact);
    if (fact.is === "lost") return this.#end("media-failed", { code: "relay-lost" }, "system");
    if (fact.is === "digit") return this.#talking?.pressed(fact.leg, fact.digit, fact.durationMs);
    if (this.#state === "connected") this.#end("media-failed", { code: "media-timeout" }, "system");
  }

  // ---- end ----

  #legEnded(by: Side, cause: Cause): void {
    const answered = this.#answeredAt !== undefined;
    const told: Cause =
      by === "caller" && !answered && cause.code === "normal" ? { ...cause, code: "cancelled" } : cause;
    this.#end("leg-ended", told, by);
  }

  /** The one body of every ending: who acted is not told again. */
  #end(input: CallInput, cause: Cause, by: CallOutcome["by"]): void {
    if (!this.#go(input)) return;
    this.#ringTimer?.cancel();
    this.#stopCaller();
    this.#stopCallee();
    this.#talking?.close();
    const command = (side: Side) =>
      ({ do: "end", cause, by: by === "system" || by === side ? "system" : "remote" }) as const;
    if (by !== "caller") this.caller.command(command("caller"));
    if (by !== "callee") this.#callee?.command(command("callee"));
    this.#ringing.end(cause, command("callee").by);
    this.#media.close();
    this.#mailbox.close();
    const durationMs =
      this.#answeredAt === undefined ? 0 : Math.round(this.#parts.clock.monotonic() - this.#answeredAt);
    this.#log.info("call ended", { cause: cause.code, by, sip: cause.sip ?? 0, durationMs });
    this.#tape.ended({ cause, by, durationMs });
    this.emit("ended", { cause, by, durationMs });
  }

  #broke(fault: unknown): void {
    this.#log.error("call turn failed", {
      fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    });
    this.#post(() => this.#end("closed", { code: "server-error" }, "system"));
  }

  /** The one setter of the state. False when the input means nothing now. */
  #go(input: CallInput): boolean {
    const next = nextCallState(this.#state, input);
    if (!next) return false;
    if (next !== this.#state) {
      this.#log.debug("call state", { from: this.#state, to: next, input });
      this.#tape.state(this.#state, next, input);
    }
    this.#state = next;
    return true;
  }

  /** Starts an operation; its result is a turn, dropped when the state has passed by then. */
  #relay<T>(operation: () => Promise<T>, then: (result: T) => void, failed?: (cause: Cause) => void): void {
    const asked = this.#state;
    const turn = (act: Turn): void => this.#post(() => void (this.#state === asked && act()));
    const fail = failed ?? ((cause: Cause) => this.#end("media-failed", cause, "system"));
    start(operation).then(
      (result) => turn(() => then(result)),
      (fault: unknown) => turn(() => fail(this.#mediaCause(fault))),
    );
  }

  #mediaCause(fault: unknown): Cause {
    this.#log.warn("media operation failed", { fault: messageOf(fault) });
    if (!(fault instanceof RelayError)) return { code: "server-error" };
    return { code: fault.code === "no-relay" ? "relay-lost" : "media-failed", text: fault.code };
  }
}

async function start<T>(operation: () => Promise<T>): Promise<T> {
  return operation();
}
