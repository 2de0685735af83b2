import type { RelaySession, RelaySide } from "../media/relay.ts";
import type { Cause } from "./cause.ts";
import type { Description, Leg, LegFact } from "./leg.ts";
import type { RelayTurn } from "./turns.ts";
import { negotiate, otherSide, stable, type Negotiation, type NegotiationInput, type Side } from "./negotiation.ts";

/** The media of two joined legs, as far as changing it goes. */
export interface JoinedMedia {
  readonly session: RelaySession;
  readonly sides: Record<Side, RelaySide>;
  direction(sdp: string): string;
}

const glare: Cause = { code: "not-acceptable", sip: 491, text: "another change is under way" };

/** Changes of a standing call: hold, resume, new codecs or addresses, offered by either leg (RFC 3261 14, RFC 6337). */
export class Updates {
  readonly #legs: Record<Side, Leg>;
  readonly #media: JoinedMedia;
  readonly #relay: RelayTurn;
  #now: Negotiation = stable;
  #generation = 1;

  constructor(legs: Record<Side, Leg>, media: JoinedMedia, relay: RelayTurn) {
    this.#legs = legs;
    this.#media = media;
    this.#relay = relay;
  }

  fact(side: Side, fact: LegFact): void {
    switch (fact.is) {
      case "update":
        return this.#step({ side, got: fact.description ? "offer" : "empty-offer" }, fact.description);
      case "updated":
        return this.#step({ side, got: "answer" }, fact.description);
      case "confirmed":
        if (fact.description) this.#step({ side, got: "answer" }, fact.description);
        return;
      case "update-refused":
        return this.#step({ side, got: "refusal" }, undefined, fact.cause);
      default:
        return;
    }
  }

  #step(input: NegotiationInput, description?: Description, cause?: Cause): void {
    const { next, act } = negotiate(this.#now, input);
    this.#now = next;
    const far = otherSide(input.side);
    switch (act) {
      case "pass-offer":
        return this.#pass("offer", input.side, description, (sdp, remoteHold) =>
          this.#legs[far].command({ do: "update", description: this.#describe("offer", sdp), remoteHold }),
        );
      case "pass-late-offer":
        return this.#pass("offer", input.side, description, (sdp) =>
          this.#legs[far].command({ do: "updated", description: this.#describe("offer", sdp) }),
        );
      case "pass-answer":
        return this.#pass("answer", input.side, description, (sdp) =>
          this.#legs[far].command({ do: "updated", description: this.#describe("answer", sdp) }),
        );
      case "pass-late-answer":
        return this.#pass("answer", input.side, description, (sdp) =>
          this.#legs[far].command({ do: "confirm", description: this.#describe("answer", sdp) }),
        );
      case "ask":
        return this.#legs[far].command({ do: "update", remoteHold: false });
      case "glare":
        return this.#legs[input.side].command({ do: "refuse-update", cause: glare });
      case "pass-refusal":
        return this.#legs[far].command({ do: "refuse-update", cause: cause ?? { code: "not-acceptable" } });
      case "drop":
        return;
    }
  }

  #pass(
    kind: "offer" | "answer",
    from: Side,
    description: Description | undefined,
    then: (sdp: string, hold: boolean) => void,
  ): void {
    const sdp = description?.sdp ?? "";
    const direction = this.#media.direction(sdp);
    const { session, sides } = this.#media;
    const offerer = kind === "offer" ? from : otherSide(from);
    this.#relay(
      () => session[kind](sides[from], sides[otherSide(from)], sdp),
      (result) => then(result, direction === "sendonly" || direction === "inactive"),
      (cause) => {
        this.#now = stable;
        this.#legs[offerer].command({ do: "refuse-update", cause });
      },
    );
  }

  #describe(kind: "offer" | "answer", sdp: string): Description {
    this.#generation += 1;
    return { kind, sdp, generation: this.#generation };
  }
}
