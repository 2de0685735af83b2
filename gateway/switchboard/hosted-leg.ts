import type { Clock, Timer } from "../base/clock.ts";
import type { Cause } from "../call/cause.ts";
import type { Leg, LegCommand, LegFact } from "../call/leg.ts";
import type { HostSays, OwnerSays } from "./leg-letters.ts";
import { OrderedLine, type LineFrame } from "./ordered-line.ts";

export interface HostedLegParts {
  readonly clock: Clock;
  send(frame: LineFrame<HostSays>): void;
  /** It is over, and its owner knows everything. */
  closed(): void;
}

/** How long after the end of a SIP leg its last messages are told, in milliseconds. */
const lastMessagesMs = 2_000;

/**
 * A leg of this node whose call is at another one.
 *
 *     held ──first command──► open ──it ended, or was ended──► ending ──all is told──► closed
 */
export class HostedLeg {
  /** The node that has its call: nobody else commands it. */
  readonly owner: string;
  readonly #leg: Leg;
  readonly #parts: HostedLegParts;
  readonly #line: OrderedLine<HostSays, OwnerSays>;
  #phase: "held" | "open" | "ending" | "closed" = "held";
  #stop: () => void = () => {};
  #timer: Timer | undefined;
  #isTold = false;

  constructor(leg: Leg, owner: string, parts: HostedLegParts) {
    this.#leg = leg;
    this.owner = owner;
    this.#parts = parts;
    this.#line = new OrderedLine({
      clock: parts.clock,
      send: (frame) => parts.send(frame),
      receive: (command) => this.#command(command),
      overflown: () => this.end({ code: "network-lost", text: "the node that had the call takes nothing" }),
    });
  }

  get isOpen(): boolean {
    return this.#phase !== "held";
  }

  take(frame: LineFrame<OwnerSays>): void {
    this.#line.take(frame);
    if (this.#isTold && this.#line.isHeard) this.#close();
  }

  /** It was commanded before it came here. */
  adopted(): void {
    this.#open();
    this.#line.repeat();
  }

  /** What was said may have been lost, there or here. */
  repeat(): void {
    if (this.isOpen) this.#line.repeat();
  }

  /** Its owner has gone, and is not told. */
  end(cause: Cause): void {
    if (this.#phase === "open") this.#leg.command({ do: "end", cause, by: "system" });
    this.#close();
  }

  /** This node goes: its owner is told, now or never. */
  stop(cause: Cause): void {
    if (this.#phase === "open") this.#line.say({ is: "fact", fact: { is: "ended", cause } });
    this.end(cause);
  }

  #command(command: LegCommand): void {
    if (this.#phase === "held") this.#open();
    if (this.#phase !== "open") return;
    if (command.do === "end") this.#ending();
    this.#leg.command(command);
  }

  #open(): void {
    const { clock } = this.#parts;
    this.#phase = "open";
    this.#stop = this.#leg.listen((fact) => this.#fact(fact));
    this.#leg.observe?.((fact, { monotonic }) =>
      this.#line.say({ is: "wire", fact, age: Math.max(0, Math.round(clock.monotonic() - monotonic)) }),
    );
  }

  #fact(fact: LegFact): void {
    if (this.#phase !== "open") return;
    this.#line.say({ is: "fact", fact });
    if (fact.is === "ended" || fact.is === "redirected") this.#ending();
  }

  #ending(): void {
    this.#phase = "ending";
    this.#stop();
    this.#timer = this.#parts.clock.after(this.#leg.wire === "sip" ? lastMessagesMs : 0, () => {
      this.#isTold = true;
      this.#line.say({ is: "closed" });
    });
  }

  #close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#stop();
    this.#timer?.cancel();
    this.#line.close();
    this.#parts.closed();
  }
}
