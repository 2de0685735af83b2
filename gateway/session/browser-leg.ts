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
import type { ServerEvent } from "../protocol/server-frame.ts";
import { limits } from "../protocol/version.ts";
import { eventFact, frameFact, reportFields, type CallReport } from "./browser-wire.ts";
import { endReasonOf } from "./end-reason.ts";
import { peerOf } from "./peer.ts";

/** What a browser leg needs of its session. */
export interface BrowserLegOwner {
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
  #phase: "new" | "offered" | "answered" | "over" = "new";
  #answeredAt: number | undefined;
  #generation = 1;
  /** What `call.answer` must carry. */
  #expected: Description["kind"] = "answer";
  /** Our last `call.update` asked for an offer. */
  #asked = false;
  #reports = 0;
  readonly #tap: WireTap;

  constructor(party: Party, codecs: CodecPolicy, owner: BrowserLegOwner) {
    this.party = party;
    this.codecs = codecs;
    this.#owner = owner;
    this.#tap = new WireTap(owner.clock);
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
  started(callId: string, reference: string, offer?: Description): void {
    this.#callId = callId;
    this.#reference = reference;
    this.#tap.tell(frameFact("in", "call.start", {}, offer));
    this.#tap.tell(frameFact("out", "call.started", { reference }));
  }

  /** What the page saw of its media; only the journal wants it, and not without end. */
  report(report: CallReport): void {
    this.#reports += 1;
    if (this.#reports <= limits.reports) this.#tap.tell(frameFact("in", "call.report", reportFields(report)));
  }

  command(command: LegCommand): void {
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
      case "refuse-update":
        return;
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
    this.#asked = false;
    this.#tap.tell(frameFact("in", "call.update", {}, description));
    this.#listener({ is: "updated", description });
    return true;
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
    this.#send({
      type: "call.incoming",
      callId: call.callId,
      reference: call.reference,
      peer: peerOf(call.from),
      ...(description && { description }),
      ...(call.data !== undefined && { data: call.data }),
    });
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
    this.#asked = description === undefined;
    if (description) this.#generation += 1;
    this.#send({
      type: "call.update",
      callId: this.#callId,
      ...(description && { description: this.#numbered(description) }),
    });
    if (description) this.#send({ type: "call.hold", callId: this.#callId, remote: remoteHold });
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
    const durationMs =
      this.#answeredAt === undefined ? 0 : Math.round(this.#owner.clock.monotonic() - this.#answeredAt);
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
      durationMs,
      ...(cause.sip !== undefined && { sip: cause.sip }),
      ...(cause.q850 !== undefined && { q850: cause.q850 }),
    });
    this.#owner.closedLeg(this);
  }
}
