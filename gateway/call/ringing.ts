import { Branches } from "./branches.ts";
import type { CallMedia } from "./call-media.ts";
import type { Cause } from "./cause.ts";
import type { Description, Leg, LegFact, LegId, OfferedCall } from "./leg.ts";
import type { RelayTurn } from "./turns.ts";

/** RFC 3261 8.1.3.4 sets no bound; ours. */
const maxHops = 3;

/** What ringing needs of its call, and what it tells it. */
export interface RingingParts {
  readonly offered: OfferedCall;
  /** Absent when the caller wants an offer (late offer). */
  readonly offer: Description | undefined;
  readonly media: CallMedia;
  readonly relay: RelayTurn;
  /** A fact of a branch, as a turn of the call's mailbox. */
  post(turn: () => void): void;
  redirect(leg: Leg, targets: readonly string[], hops: number): Promise<readonly Leg[] | Cause>;
  /** The leg as the call uses it. */
  tape(leg: Leg): Leg;
  /** Somebody rings. */
  rings(): void;
  /** The caller can hear what the network plays. */
  early(description: Description): void;
  /** `stop` ends the listening to the leg's facts, which go to `fact` from now on. */
  answered(leg: Leg, description: Description | undefined, stop: () => void): void;
  /** A branch has gone and others are left. */
  left(): void;
  /** No branch is left; why, of all that failed, and who failed last. */
  nobody(cause: Cause, by: "callee" | "system"): void;
  /** A fact of the leg that has answered. */
  fact(leg: Leg, fact: LegFact): void;
}

/** The branches of a call until one of them answers: offers, early media, redirections, failures. */
export class Ringing {
  readonly #parts: RingingParts;
  readonly #branches = new Branches((leg, fact) => this.#parts.post(() => this.#fact(leg, fact)));
  /** The last early description of each branch; stands for its answer when that has none (RFC 3261 13.2.1). */
  readonly #early = new Map<LegId, Description>();

  constructor(parts: RingingParts) {
    this.#parts = parts;
  }

  /** Rings `legs` at once; those of one kind share what the relay makes of the offer. */
  add(targets: readonly Leg[], hops = 0): void {
    const legs = targets.map((leg) => this.#parts.tape(leg));
    for (const leg of legs) this.#branches.add(leg, hops);
    for (const kind of new Set(legs.map((leg) => leg.kind))) this.#offerTo(legs.filter((leg) => leg.kind === kind));
  }

  /** Ends all that still ring. */
  end(cause: Cause, by: "remote" | "system"): void {
    this.#branches.end({ do: "end", cause, by });
  }

  #offerTo(legs: readonly Leg[]): void {
    const { offer, offered, media, relay } = this.#parts;
    const [first] = legs;
    if (!first) return;
    if (!offer) return legs.forEach((leg) => leg.command({ do: "offer", call: offered }));
    relay(
      () => media.offerToBranch(first, offer.sdp),
      (sdp) => {
        const description: Description = { kind: "offer", sdp, generation: 1 };
        for (const leg of legs) {
          if (this.#branches.get(leg)) leg.command({ do: "offer", description, call: offered });
        }
      },
      // The relay cannot serve this kind; others may still ring.
      (cause) => legs.forEach((leg) => this.#dropped(leg, cause)),
    );
  }

  #fact(leg: Leg, fact: LegFact): void {
    if (!this.#branches.get(leg)) return this.#parts.fact(leg, fact);
    switch (fact.is) {
      case "ringing":
        return this.#parts.rings();
      case "early":
        return this.#earlyMedia(leg, fact.description);
      case "answered":
        return this.#answered(leg, fact.description ?? this.#early.get(leg.id));
      case "redirected":
        return this.#redirected(leg, fact.targets, fact.sip);
      case "ended":
        return this.#failed(leg, fact.cause);
      default:
        return;
    }
  }

  /** With several branches ringing the caller hears none of them (one early dialog's sound would be a lottery). */
  #earlyMedia(leg: Leg, description: Description): void {
    const { offer, media, relay } = this.#parts;
    this.#early.set(leg.id, description);
    if (this.#branches.size > 1 || !offer || description.kind !== "answer") return this.#parts.rings();
    relay(
      () => media.answerToCaller(leg, description.sdp),
      (sdp) => this.#parts.early({ kind: "answer", sdp, generation: 1 }),
    );
  }

  #answered(leg: Leg, description: Description | undefined): void {
    const branch = this.#branches.take(leg);
    this.#parts.answered(leg, description, branch?.stop ?? (() => {}));
  }

  #redirected(leg: Leg, targets: readonly string[], sip: number): void {
    const hops = (this.#branches.get(leg)?.hops ?? 0) + 1;
    const refused = (cause: Cause): void => this.#failed(leg, { sip, ...cause });
    if (hops > maxHops) return refused({ code: "redirected", text: "redirected too often" });
    this.#parts.relay(
      () => this.#parts.redirect(leg, targets, hops),
      (result) => {
        if ("code" in result) return refused(result);
        this.#branches.take(leg)?.stop();
        this.add(result, hops);
      },
    );
  }

  #dropped(leg: Leg, cause: Cause): void {
    if (!this.#branches.get(leg)) return;
    leg.command({ do: "end", cause, by: "system" });
    this.#failed(leg, cause, "system");
  }

  #failed(leg: Leg, cause: Cause, by: "callee" | "system" = "callee"): void {
    this.#branches.failed(leg, cause);
    if (this.#branches.size > 0) this.#parts.left();
    else this.#parts.nobody(this.#branches.cause, by);
  }
}
