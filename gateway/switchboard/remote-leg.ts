import type { Clock, Timer } from "../base/clock.ts";
import type { Cause } from "../call/cause.ts";
import type { CodecPolicy, Leg, LegCommand, LegFact, LegId, LegKind, Party } from "../call/leg.ts";
import { WireTap, type WireListener } from "../call/wire.ts";
import type { FoundLeg, HostSays, OwnerSays } from "./leg-letters.ts";
import { OrderedLine, type LineFrame } from "./ordered-line.ts";

/** How long a leg that goes on at another node may be on its way; milliseconds. */
const followMs = 5_000;

export interface RemoteLegParts {
  readonly clock: Clock;
  send(frame: LineFrame<OwnerSays>): void;
  /** It was commanded for the first time: what comes from its node is its own from now on. */
  opened(leg: RemoteLeg): void;
  /** Nothing comes any more. */
  closed(leg: RemoteLeg): void;
}

/**
 * A leg at another node: its commands travel there, its facts come back, each once and in order. Sound does not: it goes
 * between the far end and the relay of the node that has the call. When the node is gone, so is the leg.
 */
export class RemoteLeg implements Leg {
  readonly id: LegId;
  readonly kind: LegKind;
  readonly party: Party;
  readonly codecs: CodecPolicy;
  readonly wire?: "frames" | "sip";
  readonly network?: string;
  readonly away?: boolean;
  /** Where it is. */
  readonly node: string;
  readonly #parts: RemoteLegParts;
  readonly #line: OrderedLine<OwnerSays, HostSays>;
  readonly #tap: WireTap;
  #listener: (fact: LegFact) => void = () => {};
  #phase: "new" | "open" | "over" | "closed" = "new";
  #isThere = true;
  #awaited: Timer | undefined;

  constructor(
    { leg, kind, party, codecs = "follow", wire, network, away }: FoundLeg,
    node: string,
    parts: RemoteLegParts,
  ) {
    this.id = leg;
    this.kind = kind;
    this.party = party;
    this.codecs = codecs;
    if (wire) this.wire = wire;
    if (network !== undefined) this.network = network;
    if (away) this.away = away;
    this.node = node;
    this.#parts = parts;
    this.#tap = new WireTap(parts.clock);
    this.#line = new OrderedLine({
      clock: parts.clock,
      send: (frame) => this.#isThere && parts.send(frame),
      receive: (said, age) => this.#said(said, age),
      overflown: () => this.lost({ code: "network-lost", text: "its node takes nothing" }),
    });
  }

  /** Its node has it already. */
  get isThere(): boolean {
    return this.#isThere;
  }

  command(command: LegCommand): void {
    if (this.#phase === "over" || this.#phase === "closed") return;
    // Nothing was made of it yet.
    if (this.#phase === "new" && command.do === "end") return;
    const isFirst = this.#phase === "new";
    this.#phase = command.do === "end" ? "over" : "open";
    this.#line.say(command);
    if (isFirst) this.#parts.opened(this);
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  observe(listener: WireListener): void {
    this.#tap.listen(listener);
  }

  /** It was a leg of this node, and is commanded already. Nothing is said to its node before that speaks. */
  follow(): void {
    this.#phase = "open";
    this.#isThere = false;
    this.#awaited = this.#parts.clock.after(followMs, () => this.lost({ code: "network-lost", text: "it never came" }));
    this.#parts.opened(this);
  }

  /** From its node. */
  take(frame: LineFrame<HostSays>): void {
    this.#awaited?.cancel();
    const isFirst = !this.#isThere;
    this.#isThere = true;
    this.#line.take(frame);
    if (isFirst && !this.#line.isHeard) this.#line.repeat();
  }

  /** What was said may have been lost, there or here. */
  repeat(): void {
    this.#line.repeat();
  }

  /** It is there no longer. */
  lost(cause: Cause): void {
    const wasOpen = this.#phase === "open";
    this.#close();
    if (wasOpen) this.#listener({ is: "ended", cause });
  }

  #said(said: HostSays, age: number): void {
    if (said.is === "closed") return this.#phase === "open" ? this.lost(withoutWord) : this.#close();
    if (said.is === "wire") return this.#passed(said, age);
    const { fact } = said;
    if (this.#phase !== "open") return;
    if (fact.is === "ended" || fact.is === "redirected") this.#phase = "over";
    this.#listener(fact);
  }

  #passed({ fact, age }: Extract<HostSays, { is: "wire" }>, since: number): void {
    const { clock } = this.#parts;
    const ago = age + since;
    this.#tap.tell(fact, { at: clock.now() - ago, monotonic: clock.monotonic() - ago });
  }

  #close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#awaited?.cancel();
    this.#line.close();
    this.#parts.closed(this);
  }
}

const withoutWord: Cause = { code: "network-lost", text: "its node let it go" };
