import type { Clock, Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Player } from "../media/player.ts";
import type { Relay } from "../media/relay.ts";
import { nextCallMeState, type CallMeInput, type CallMeState } from "./call-me-state.ts";
import type { Cause } from "./cause.ts";
import type { CodecPolicy, Description, Leg, LegCommand, LegFact, LegId, LegKind, OfferedCall, Party } from "./leg.ts";
import { RingingTone } from "./ringing-tone.ts";
import type { WireListener } from "./wire.ts";

export interface CallMeParts {
  readonly id: LegId;
  /** The visitor, as the far end sees them. */
  readonly party: Party;
  /** The page that asked: it is told how the call goes, and may end it. No media of it is in the call. */
  readonly page: Leg;
  readonly relay: Relay;
  readonly player: Player;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the visitor's telephone may ring, in milliseconds. */
  readonly ringTimeout: number;
  /** The leg to the visitor's telephone, or why there is none. */
  find(): Promise<Leg | Cause>;
}

/** RFC 3261 14.2: one change at a time. */
const glare: Cause = { code: "not-acceptable", sip: 491, text: "the call is being joined" };

/**
 * The calling leg of a call that a visitor wants to have on a telephone: the telephone is rung first, hears a ringing
 * tone while the far end rings, and is then the caller of an ordinary call without an offer (RFC 3261 13.2.1). What the
 * far end offers goes to it as a change of its session (14.1), and its answer back as what the call waits for.
 */
export class CallMeLeg implements Leg {
  readonly id: LegId;
  readonly party: Party;
  readonly wire = "sip";
  /** Settles when the visitor can hear the tone and the far end is to be called; never when that does not come. */
  readonly reached: Promise<void>;
  readonly #parts: CallMeParts;
  readonly #tone: RingingTone;
  #listener: (fact: LegFact) => void = () => {};
  #observer: WireListener | undefined;
  #state: CallMeState = "dialling";
  #visitor: Leg | undefined;
  #ringTimer: Timer | undefined;
  #early: Description | undefined;
  #reach: () => void = () => {};
  #stops: (() => void)[] = [];

  constructor(parts: CallMeParts) {
    this.id = parts.id;
    this.party = parts.party;
    this.#parts = parts;
    this.#tone = new RingingTone(parts.id, parts.relay, parts.player);
    this.reached = new Promise((resolve) => (this.#reach = resolve));
  }

  get kind(): LegKind {
    return this.#visitor?.kind ?? "rtp";
  }

  get codecs(): CodecPolicy {
    return this.#visitor?.codecs ?? "follow";
  }

  get network(): string {
    return this.#visitor?.network ?? "";
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  observe(listener: WireListener): void {
    this.#observer = listener;
    this.#visitor?.observe?.(listener);
  }

  /** Rings the visitor's telephone, which sees `call`. Once, when the call knows this leg. */
  dial(call: OfferedCall): void {
    this.#stops.push(this.#parts.page.listen((fact) => this.#onPage(fact)));
    this.#try(async () => {
      const found = await this.#parts.find();
      if (this.#state === "over") return;
      if ("code" in found) return this.#fail(found);
      this.#ring(found);
      const sdp = await this.#tone.offer(found, call.callId);
      if (this.#isOver()) return;
      found.command({ do: "offer", description: { kind: "offer", sdp, generation: 1 }, call });
    });
  }

  command(command: LegCommand): void {
    if (command.do === "end") return this.#end(command.cause, command.by);
    if (command.do === "answer") return this.#join(command.description);
    if (command.do === "ringing") return this.#tone.ring();
    if (this.#state !== "joined") return;
    if (command.do === "digit") this.#parts.page.command(command);
    this.#visitor?.command(command);
  }

  #ring(visitor: Leg): void {
    const { clock, ringTimeout } = this.#parts;
    this.#visitor = visitor;
    if (this.#observer) visitor.observe?.(this.#observer);
    this.#stops.push(visitor.listen((fact) => this.#onVisitor(fact)));
    this.#ringTimer = clock.after(ringTimeout, () => this.#fail({ code: "no-answer" }));
  }

  #onVisitor(fact: LegFact): void {
    switch (fact.is) {
      case "ringing":
        return this.#parts.page.command({ do: "ringing" });
      case "early":
        this.#early = fact.description;
        return this.#parts.page.command({ do: "ringing" });
      case "answered":
        return this.#greet(fact.description ?? this.#early);
      case "redirected":
        return this.#visitorEnded({ code: "redirected", sip: fact.sip });
      case "ended":
        return this.#visitorEnded(fact.cause);
      case "updated":
        return this.#state === "joining" ? this.#joined(fact.description) : this.#pass(fact);
      case "update-refused":
        return this.#state === "joining" ? this.#fail(fact.cause) : this.#pass(fact);
      case "update":
        return this.#state === "joined" ? this.#pass(fact) : this.#refuseUpdate();
      default:
        return this.#pass(fact);
    }
  }

  /** The visitor answered: it is let hear the tone, and the far end is called. */
  #greet(description: Description | undefined): void {
    if (!this.#go("answered")) return;
    this.#ringTimer?.cancel();
    if (!description) return this.#fail({ code: "media-failed", text: "answered without a session description" });
    this.#try(async () => {
      await this.#tone.answered(description.sdp);
      if (!this.#go("greeted")) return;
      this.#visitor?.command({ do: "confirm" });
      this.#reach();
    });
  }

  /** The far end answered, with an offer: ours was none. */
  #join({ sdp }: Description): void {
    if (!this.#go("far-answered")) return;
    this.#visitor?.command({
      do: "update",
      description: { kind: "offer", sdp, generation: 2 },
      remoteHold: false,
    });
  }

  #joined(description: Description): void {
    if (!this.#go("updated")) return;
    this.#tone.close();
    this.#listener({ is: "confirmed", description });
    this.#parts.page.command({ do: "confirm" });
  }

  #refuseUpdate(): void {
    this.#visitor?.command({ do: "refuse-update", cause: glare });
  }

  #pass(fact: LegFact): void {
    if (this.#state === "joined") this.#listener(fact);
  }

  /** A page that has gone takes the call along until the visitor has the telephone in the hand, and not after that. */
  #onPage(fact: LegFact): void {
    if (fact.is === "digits") return this.#pass(fact);
    if (fact.is !== "ended" || (fact.cause.code === "network-lost" && this.#state !== "dialling")) return;
    this.#close({ code: "normal" }, { visitor: "remote" });
    this.#listener({ is: "ended", cause: { code: "normal" } });
  }

  /** What the visitor's own telephone does is told to the page as nobody's act: `system`. */
  #visitorEnded(cause: Cause): void {
    this.#close(cause, { page: "system" });
    this.#listener({ is: "ended", cause });
  }

  #fail(cause: Cause): void {
    this.#close(cause, { page: "system", visitor: "system" });
    this.#listener({ is: "ended", cause });
  }

  #end(cause: Cause, by: "remote" | "system"): void {
    this.#listener = () => {};
    this.#close(cause, { page: by, visitor: by });
  }

  /** The one body of every ending: tells `who` has not ended by itself, and lets everything go. */
  #close(cause: Cause, who: { page?: "remote" | "system"; visitor?: "remote" | "system" }): void {
    if (!this.#go("ended")) return;
    this.#ringTimer?.cancel();
    for (const stop of this.#stops.splice(0)) stop();
    this.#tone.close();
    if (who.visitor) this.#visitor?.command({ do: "end", cause, by: who.visitor });
    if (who.page) this.#parts.page.command({ do: "end", cause, by: who.page });
  }

  #try(work: () => Promise<void>): void {
    work().catch((fault: unknown) => {
      this.#parts.log.warn("call me failed", { leg: this.id, fault: messageOf(fault) });
      this.#fail({ code: "media-failed", text: messageOf(fault) });
    });
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  /** The one setter of the state. False when the input means nothing now. */
  #go(input: CallMeInput): boolean {
    const next = nextCallMeState(this.#state, input);
    if (next) this.#state = next;
    return next !== undefined;
  }
}
