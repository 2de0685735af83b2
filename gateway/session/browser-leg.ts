import type { Clock } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import type { Cause } from "../call/cause.ts";
import type {
  CodecPolicy,
  Description,
  Leg,
  LegCommand,
  LegFact,
  LegId,
  LegKind,
  OfferedCall,
  Party,
} from "../call/leg.ts";
import { WireTap, type WireListener } from "../call/wire.ts";
import type { ServerEvent, StandingCall } from "../protocol/server-frame.ts";
import type { PeerInfo } from "../protocol/values.ts";
import { limits } from "../protocol/version.ts";
import type { BrowserLegState, LegPhase } from "./browser-leg-state.ts";
import { eventFact, frameFact, reportFields, type CallReport } from "./browser-wire.ts";
import { endReasonOf } from "./end-reason.ts";
import { peerOf } from "./peer.ts";

/** What a browser leg needs of its session. */
export interface BrowserLegOwner {
  /** Its page has a connection. */
  readonly connected: boolean;
  readonly clock: Clock;
  /** It has ended: nobody could answer. */
  readonly over: boolean;
  event(event: ServerEvent): void;
  /** The leg was offered a call: frames with its id are the leg's. */
  offered(leg: BrowserLeg): void;
  closedLeg(leg: BrowserLeg): void;
}

/** One call of one page: commands become frames, frames become facts. */
export class BrowserLeg implements Leg {
  readonly id = uuid() as LegId;
  readonly kind: LegKind = "web";
  readonly wire = "frames";
  readonly party: Party;
  readonly codecs: CodecPolicy;
  readonly #owner: BrowserLegOwner;
  #listener: (fact: LegFact) => void = () => {};
  #callId = "";
  #reference = "";
  #phase: LegPhase = "new";
  /** Where it goes on: its page is at another node. */
  #there: Leg | undefined;
  #answeredAt: number | undefined;
  #generation = 1;
  /** What `call.answer` must carry. */
  #expected: Description["kind"] = "answer";
  /** Our last `call.update` asked for an offer. */
  #asked = false;
  /** Our last `call.update` is not answered yet. */
  #updating = false;
  #remoteHold = false;
  #reports = 0;
  /** Its page was left: what it had of the call has gone. */
  #left = false;
  /** What the far end was described by; absent for a call whose media is on a telephone (`call.me`). */
  #incoming: BrowserLegState["incoming"];
  #outgoing: BrowserLegState["outgoing"];
  #renewed: ((answer: Description | undefined) => void) | undefined;
  readonly #tap: WireTap;

  /** `before`: what it was at another node. */
  constructor(party: Party, codecs: CodecPolicy, owner: BrowserLegOwner, before?: BrowserLegState) {
    this.party = party;
    this.codecs = codecs;
    this.#owner = owner;
    this.#tap = new WireTap(owner.clock);
    if (before) this.#goOn(before);
  }

  get away(): boolean {
    return !this.#owner.connected;
  }

  get state(): BrowserLegState {
    const answeredAt = this.#answeredAt;
    return {
      callId: this.#callId,
      reference: this.#reference,
      phase: this.#phase,
      ...(answeredAt !== undefined && { talkedMs: Math.round(this.#owner.clock.monotonic() - answeredAt) }),
      generation: this.#generation,
      expected: this.#expected,
      asked: this.#asked,
      updating: this.#updating,
      remoteHold: this.#remoteHold,
      left: this.#left,
      ...(this.#incoming && { incoming: this.#incoming }),
      ...(this.#outgoing && { outgoing: this.#outgoing }),
    };
  }

  /** Its page goes on at another node, and with it the leg: as `there`, which it passes on to and hears from now on. */
  goOnAt(there: Leg): void {
    this.#there = there;
    there.observe?.((...passed) => this.#tap.tell(...passed));
    there.listen((fact) => this.#listener(fact));
  }

  /** Both sides talk, or this one has answered. */
  get answered(): boolean {
    return this.#phase === "answered";
  }

  get callId(): string {
    return this.#callId;
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  observe(listener: WireListener): void {
    this.#tap.listen(listener);
  }

  /** The page started this call, with `offer`. */
  started(callId: string, reference: string, peer: PeerInfo, offer?: Description): void {
    this.#callId = callId;
    this.#reference = reference;
    this.#outgoing = { peer, media: offer !== undefined };
    this.#tap.tell(frameFact("in", "call.start", {}, offer));
    this.#tap.tell(frameFact("out", "call.started", { reference }));
  }

  /** What the page saw of its media; only the journal wants it, and not without end. */
  report(report: CallReport): void {
    this.#reports += 1;
    if (this.#reports <= limits.reports) this.#tap.tell(frameFact("in", "call.report", reportFields(report)));
  }

  command(command: LegCommand): void {
    if (this.#there) return this.#there.command(command);
    if (this.#phase === "over") return;
    const callId = this.#callId;
    switch (command.do) {
      case "offer":
        return this.#offer(command.call, command.description);
      case "ringing":
        return this.#send({ type: "call.ringing", callId });
      case "early":
        return this.#send({
          type: "call.early",
          callId,
          description: { ...command.description, generation: 1 },
        });
      case "answer":
      case "confirm":
        return this.#answeredAt === undefined
          ? this.#answered(command.description)
          : this.#settled(command.description);
      case "update":
        return this.#update(command.description, command.remoteHold);
      case "updated":
        return this.#send({ type: "call.update", callId, description: this.#numbered(command.description) });
      case "digit":
        return this.#send({ type: "call.dtmf", callId, digit: command.digit, durationMs: command.durationMs });
      case "end":
        return this.#over(command.cause, command.by);
      case "renewed":
        return this.#renew(command.description);
      case "refuse-update":
        return this.#renew(undefined);
    }
  }

  /** Answers the call: with an answer to its offer, or with an offer when it came without one. */
  answer(description: Description): "ok" | "wrong-state" | "wrong-kind" {
    if (this.#phase !== "offered") return "wrong-state";
    if (description.kind !== this.#expected) return "wrong-kind";
    this.#phase = "answered";
    this.#tap.tell(frameFact("in", "call.answer", {}, description));
    this.#listener({ is: "answered", description });
    return "ok";
  }

  reject(reason: "busy" | "declined"): boolean {
    if (this.#phase !== "offered") return false;
    const cause: Cause = { code: reason };
    this.#tap.tell(frameFact("in", "call.reject", { reason }));
    this.#over(cause, "local");
    this.#listener({ is: "ended", cause });
    return true;
  }

  /** The page answers our `call.update`: with an answer, or with the offer that it was asked for; false for the other. */
  updated(description: Description): boolean {
    if ((description.kind === "offer") !== this.#asked) return false;
    this.#asked = this.#updating = false;
    this.#tap.tell(frameFact("in", "call.update", {}, description));
    this.#listener({ is: "updated", description });
    return true;
  }

  /** The page was left, or loaded anew. False when the call cannot go on: the page was dialling. */
  left(): boolean {
    if (this.#phase === "offered") return true;
    if (this.#phase !== "answered") return false;
    if (this.#left) return true;
    this.#left = true;
    this.#tap.tell(frameFact("in", "page left"));
    if (this.#updating) this.#refuseUpdate();
    this.#listener({ is: "away" });
    return true;
  }

  /** The page is there again; `anew`: with nothing of the call, which it goes on with by `call.renew`. */
  back(anew: boolean): void {
    if (this.#phase === "offered" && this.#incoming && anew) this.#send(this.#incoming);
    if (!this.#left) return;
    this.#left = anew && this.#hasMedia;
    this.#listener({ is: "back" });
  }

  /** What a page that was loaded anew has to know of a call that was answered. */
  get standing(): StandingCall | undefined {
    const peer = this.#incoming?.peer ?? this.#outgoing?.peer;
    if (this.#phase !== "answered" || !peer) return undefined;
    return {
      callId: this.#callId,
      reference: this.#reference,
      direction: this.#incoming ? "in" : "out",
      peer,
      talkedMs: this.#talkedMs,
      remoteHold: this.#remoteHold,
      media: this.#hasMedia,
      ...(this.#incoming?.data !== undefined && { data: this.#incoming.data }),
    };
  }

  /** The page has another peer connection. The answer to its offer; undefined when there can be none. */
  renew(description: Description): Promise<Description | undefined> {
    this.#renewed?.(undefined);
    if (this.#phase !== "answered" || !this.#hasMedia) return Promise.resolve(undefined);
    this.#tap.tell(frameFact("in", "call.renew", {}, description));
    return new Promise((resolve) => {
      this.#renewed = resolve;
      this.#listener({ is: "renewed", description });
    });
  }

  digits(digits: string): void {
    this.#tap.tell(frameFact("in", "call.dtmf", { keys: digits.length }));
    this.#listener({ is: "digits", digits, durationMs: 160 });
  }

  /** The page hung up, or is gone (`network-lost`). */
  end(code: "normal" | "network-lost" = "normal"): void {
    if (this.#phase === "over") return;
    const offered = this.#phase === "offered";
    this.#tap.tell(code === "normal" ? frameFact("in", "call.end") : frameFact("in", "connection lost"));
    this.#over({ code }, "local");
    this.#listener({ is: "ended", cause: { code: offered && code === "normal" ? "declined" : code } });
  }

  #goOn(before: BrowserLegState): void {
    const { callId, reference, phase, talkedMs, generation, expected, asked } = before;
    const { updating, remoteHold, left, incoming, outgoing } = before;
    this.#callId = callId;
    this.#reference = reference;
    this.#phase = phase;
    if (talkedMs !== undefined) this.#answeredAt = this.#owner.clock.monotonic() - talkedMs;
    this.#generation = generation;
    this.#expected = expected;
    this.#asked = asked;
    this.#updating = updating;
    this.#remoteHold = remoteHold;
    this.#left = left;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  #offer(call: OfferedCall, description: Description | undefined): void {
    if (this.#owner.over) {
      this.#phase = "over";
      return this.#listener({ is: "ended", cause: { code: "unavailable" } });
    }
    this.#phase = "offered";
    this.#expected = description ? "answer" : "offer";
    this.#callId = call.callId;
    this.#reference = call.reference;
    this.#owner.offered(this);
    this.#incoming = {
      type: "call.incoming",
      callId: call.callId,
      reference: call.reference,
      peer: peerOf(call.from),
      ...(description && { description }),
      ...(call.data !== undefined && { data: call.data }),
    };
    this.#send(this.#incoming);
    this.#listener({ is: "ringing" });
  }

  #answered(description: Description | undefined): void {
    this.#phase = "answered";
    this.#answeredAt = this.#owner.clock.monotonic();
    this.#send({
      type: "call.answered",
      callId: this.#callId,
      ...(description && { description: { ...description, generation: 1 } }),
    });
  }

  #update(description: Description | undefined, remoteHold: boolean): void {
    if (this.#left) return this.#refuseUpdate();
    this.#updating = true;
    this.#asked = description === undefined;
    if (description) this.#remoteHold = remoteHold;
    if (description) this.#generation += 1;
    this.#send({
      type: "call.update",
      callId: this.#callId,
      ...(description && { description: this.#numbered(description) }),
    });
    if (description) this.#send({ type: "call.hold", callId: this.#callId, remote: remoteHold });
  }

  /** RFC 3261 14.1: whoever wants the change tries again in a moment. */
  #refuseUpdate(): void {
    this.#updating = this.#asked = false;
    const cause: Cause = { code: "not-acceptable", sip: 491, text: "the page is being loaded" };
    this.#listener({ is: "update-refused", cause });
  }

  #renew(answer: Description | undefined): void {
    if (answer) this.#left = false;
    this.#renewed?.(answer);
    this.#renewed = undefined;
  }

  get #hasMedia(): boolean {
    return this.#outgoing?.media !== false;
  }

  get #talkedMs(): number {
    return this.#answeredAt === undefined ? 0 : Math.round(this.#owner.clock.monotonic() - this.#answeredAt);
  }

  /** The far end's answer to the offer that the page was asked for. */
  #settled(description: Description | undefined): void {
    if (!description) return;
    this.#generation += 1;
    this.#send({ type: "call.update", callId: this.#callId, description: this.#numbered(description) });
  }

  #send(event: ServerEvent): void {
    this.#tap.tell(eventFact(event));
    this.#owner.event(event);
  }

  #numbered(description: Description): Description {
    return { ...description, generation: this.#generation };
  }

  #over(cause: Cause, by: "local" | "remote" | "system"): void {
    this.#phase = "over";
    this.#renew(undefined);
    const { reason, text } = endReasonOf(cause);
    // Of a call that was never offered the page knows nothing.
    if (this.#callId === "") return;
    this.#send({
      type: "call.ended",
      callId: this.#callId,
      by,
      reason,
      text,
      reference: this.#reference,
      durationMs: this.#talkedMs,
      ...(cause.sip !== undefined && { sip: cause.sip }),
      ...(cause.q850 !== undefined && { q850: cause.q850 }),
    });
    this.#owner.closedLeg(this);
  }
}
