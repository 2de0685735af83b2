import type { Clock } from "../base/clock.ts";
import type { Description, Relay } from "../media/relay.ts";
import type { CallJournal, DescriptionNote, JournalEnd, JournalEntry, SdpOutline } from "./journal.ts";
import type { Leg, LegCommand, LegFact } from "./leg.ts";
import type { MediaFact } from "./media-facts.ts";
import type { Side } from "./negotiation.ts";
import type { CallState } from "./state.ts";
import { TapedLeg } from "./taped-leg.ts";
import { TapedRelaySession } from "./taped-relay.ts";
import { momentOf, type Moment, type WireFact } from "./wire.ts";

/** What a call needs of a relay. */
export type CallRelay = Pick<Relay, "open" | "summary" | "outline">;

/** Descriptions that are outlined once: each passes twice, as message and as relay command. */
const remembered = 8;

/** Puts a call's inputs and commands into its journal: the call works with taped legs and a taped relay. */
export class Tape {
  readonly #journal: CallJournal;
  readonly #clock: Clock;
  readonly #relay: CallRelay;
  readonly #legs = new Map<Leg, TapedLeg>();
  readonly #outlines = new Map<string, SdpOutline | undefined>();

  constructor(journal: CallJournal, clock: Clock, relay: CallRelay) {
    this.#journal = journal;
    this.#clock = clock;
    this.#relay = relay;
  }

  /** The leg as the call uses it. The first one is the caller. */
  leg(leg: Leg): Leg {
    const known = this.#legs.get(leg);
    if (known) return known;
    const number = this.#legs.size;
    const taped = new TapedLeg(leg, {
      fact: (fact) => this.#fact(number, fact),
      command: (command) => this.#command(number, command),
    });
    this.#legs.set(leg, taped);
    this.#introduce(number, leg);
    leg.observe?.((fact, moment) => this.#passed(number, leg, fact, moment));
    return taped;
  }

  relay(): Pick<Relay, "open" | "summary"> {
    return {
      open: (options) => new TapedRelaySession(this.#relay.open(options), this),
      summary: (sdp) => this.#relay.summary(sdp),
    };
  }

  state(from: CallState, to: CallState, input: string): void {
    this.note({ is: "state", from, to, input });
  }

  media(fact: MediaFact): void {
    const side = "leg" in fact ? { side: this.sideOf(fact.leg) } : { reason: fact.reason };
    this.note({ is: "media", event: fact.is, ...side });
  }

  ended(end: JournalEnd): void {
    this.#journal.ended(end);
  }

  note(entry: JournalEntry): void {
    this.#journal.note(entry, momentOf(this.#clock));
  }

  get monotonic(): number {
    return this.#clock.monotonic();
  }

  /** Whose a relay's tag is: the caller's is its leg id, all others stand on the called side. */
  sideOf(tag: string): Side {
    return this.#legs.keys().next().value?.id === tag ? "caller" : "callee";
  }

  /** Undefined when the text is no description. */
  outline(sdp: string): SdpOutline | undefined {
    if (this.#outlines.has(sdp)) return this.#outlines.get(sdp);
    const outline = this.#outlined(sdp);
    this.#outlines.set(sdp, outline);
    const oldest = this.#outlines.keys().next().value;
    if (this.#outlines.size > remembered && oldest !== undefined) this.#outlines.delete(oldest);
    return outline;
  }

  #outlined(sdp: string): SdpOutline | undefined {
    try {
      return this.#relay.outline(sdp);
    } catch {
      return undefined;
    }
  }

  /** What a leg is may be known only when it has spoken: one that dials by itself chooses its network then. */
  #introduce(number: number, { kind, party, wire, network }: Leg): void {
    this.#journal.leg(number, { kind, party, ...(wire && { wire }), ...(network && { network }) });
  }

  #passed(number: number, leg: Leg, { description, ...fact }: WireFact, moment: Moment): void {
    const media = description && this.#noted(description);
    this.#introduce(number, leg);
    this.#journal.note({ is: "wire", leg: number, ...fact, ...(media && { media }) }, moment);
  }

  #noted({ kind, sdp }: Description): DescriptionNote | undefined {
    const outline = this.outline(sdp);
    return outline && { kind, ...outline };
  }

  #fact(leg: number, fact: LegFact): void {
    this.note({ is: "fact", leg, fact: fact.is, ...("cause" in fact && { cause: fact.cause }) });
  }

  #command(leg: number, command: LegCommand): void {
    this.note({ is: "command", leg, command: command.do, ...("cause" in command && { cause: command.cause }) });
  }
}
