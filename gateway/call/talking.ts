import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { DigitQueue } from "./digits.ts";
import type { Leg, LegFact } from "./leg.ts";
import { otherSide, type Side } from "./negotiation.ts";
import type { RelayTurn } from "./turns.ts";
import { Updates, type JoinedMedia } from "./updates.ts";

/** Two joined legs: changes of their media, and key presses from one to the other. */
export class Talking {
  readonly #legs: Record<Side, Leg>;
  readonly #media: JoinedMedia;
  readonly #relay: RelayTurn;
  readonly #log: Logger;
  readonly #updates: Updates;
  readonly #digits: Record<Side, DigitQueue>;

  constructor(legs: Record<Side, Leg>, media: JoinedMedia, relay: RelayTurn, clock: Clock, log: Logger) {
    this.#legs = legs;
    this.#media = media;
    this.#relay = relay;
    this.#log = log;
    this.#updates = new Updates(legs, media, relay);
    const queue = (from: Side): DigitQueue => new DigitQueue(clock, (digit, ms) => this.#send(from, digit, ms));
    this.#digits = { caller: queue("caller"), callee: queue("callee") };
  }

  fact(side: Side, fact: LegFact): void {
    switch (fact.is) {
      case "digits":
        return this.#digits[side].push(fact.digits);
      case "away":
        return this.#media.session.unwatch();
      case "back":
        return this.#media.session.watch();
      case "renewed":
        return this.#renew(side, fact.description.sdp);
      default:
        return this.#updates.fact(side, fact);
    }
  }

  /** The relay heard a key of `leg`; its sound has gone through already. */
  pressed(leg: string, digit: string, durationMs: number): void {
    const from: Side = leg === this.#media.sides.caller.leg ? "caller" : "callee";
    this.#legs[otherSide(from)].command({ do: "digit", digit, durationMs });
  }

  close(): void {
    this.#digits.caller.close();
    this.#digits.callee.close();
  }

  #renew(side: Side, offer: string): void {
    const { session, sides } = this.#media;
    const leg = this.#legs[side];
    this.#relay(
      () => session.renew(sides[side], sides[otherSide(side)], offer),
      (sdp) => leg.command({ do: "renewed", description: { kind: "answer", sdp, generation: 1 } }),
      (cause) => leg.command({ do: "refuse-update", cause }),
    );
  }

  #send(from: Side, digit: string, durationMs: number): void {
    this.#media.session
      .sendDigit(this.#media.sides[from].leg, digit, durationMs)
      .catch((fault: unknown) => this.#log.warn("digit not sent", { fault: messageOf(fault) }));
    this.#legs[otherSide(from)].command({ do: "digit", digit, durationMs });
  }
}
