import type { LegId } from "../call/leg.ts";
import type { StandingCall } from "../protocol/server-frame.ts";
import type { BrowserLeg } from "./browser-leg.ts";
import type { BrowserLegState } from "./browser-leg-state.ts";

/** A leg on its way to another node, and where its call is to find it there. */
export type MovedLeg = BrowserLegState & { readonly line: LegId };

/** The calls of one page, by their ids. */
export class SessionLegs {
  readonly #legs = new Map<string, BrowserLeg>();

  get size(): number {
    return this.#legs.size;
  }

  get ids(): readonly string[] {
    return [...this.#legs.keys()];
  }

  get answered(): number {
    return this.#all.filter((leg) => leg.answered).length;
  }

  /** Calls that a page which was loaded anew can go on with. */
  get standing(): readonly StandingCall[] {
    return this.#all.flatMap((leg) => leg.standing ?? []);
  }

  find(callId: string): BrowserLeg | undefined {
    return this.#legs.get(callId);
  }

  add(leg: BrowserLeg): void {
    this.#legs.set(leg.callId, leg);
  }

  remove(leg: BrowserLeg): void {
    this.#legs.delete(leg.callId);
  }

  /** The page is back; `anew`: it was loaded again. */
  back(anew: boolean): void {
    for (const leg of this.#all) leg.back(anew);
  }

  /** The page has nothing of its calls any more. `renews`: it can go on with those that were answered, and ring again. */
  left(renews: boolean): void {
    for (const leg of this.#all) if (!renews || !leg.left()) leg.end("network-lost");
  }

  /** `why`: what the far ends are told. */
  end(why: "normal" | "network-lost", which?: "unanswered"): void {
    for (const leg of this.#all) if (!(which && leg.answered)) leg.end(why);
  }

  /** They go on at another node; `move` makes the way there. */
  depart(move: (leg: BrowserLeg) => LegId): readonly MovedLeg[] {
    const moved = this.#all.map((leg) => ({ ...leg.state, line: move(leg) }));
    this.#legs.clear();
    return moved;
  }

  /** Those of now: each may end while it is told. */
  get #all(): readonly BrowserLeg[] {
    return [...this.#legs.values()];
  }
}
