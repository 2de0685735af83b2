import type { Clock, Timer } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import type { Cause } from "../call/cause.ts";
import type { CodecPolicy, Leg, LegCommand, LegFact, LegId, LegKind, OfferedCall, Party } from "../call/leg.ts";
import { WireTap, type WireListener } from "../call/wire.ts";
import { frameFact } from "./browser-wire.ts";

/** What a sleeping leg needs of its surroundings. */
export interface SleepingLegParts {
  readonly party: Party;
  readonly codecs: CodecPolicy;
  readonly clock: Clock;
  /** How long it waits for a page, in milliseconds. */
  readonly wait: number;
  /** Wakes the user's browsers; how many of them were reached. Never rejects. */
  wake(call: OfferedCall): Promise<number>;
  /** They were woken, and it rings no more; `missed`: nobody answered or declined. */
  over(call: OfferedCall, missed: boolean): void;
  /** A leg for each page that the user has open now. Never rejects. */
  pages(): Promise<readonly Leg[]>;
  /** Calls `listener` whenever a page of the user may have opened. The returned function ends that. */
  onOpened(listener: () => void): () => void;
  /** It is over. */
  closed(): void;
}

type Offer = Extract<LegCommand, { do: "offer" }>;
type State = "new" | "asleep" | "awake" | "answered" | "over";

/**
 * The call of a user without an open page: browsers are woken, and the page that opens rings.
 *
 *     new ──offer──► asleep ──page opens──► awake ──answer──► answered
 *                      ▲ │ └──nobody came──┐   │                 │
 *                      │ └─ page is lost ◄─┼───┤                 │
 *                      └────────────────── ▼ ◄─┴──declined, end──┘
 *                                         over
 */
export class SleepingLeg implements Leg {
  readonly id = uuid() as LegId;
  readonly kind: LegKind = "web";
  readonly wire = "frames";
  readonly #parts: SleepingLegParts;
  readonly #tap: WireTap;
  /** Of the pages that ring, or of the one that has answered. */
  readonly #pages = new Map<Leg, () => void>();
  #listener: (fact: LegFact) => void = () => {};
  #state: State = "new";
  #offer: Offer | undefined;
  #timer: Timer | undefined;
  #deadline = 0;
  #stopWatching: () => void = () => {};
  #looking = false;
  #lookAgain = false;
  #woken = false;
  #rang = false;

  constructor(parts: SleepingLegParts) {
    this.#parts = parts;
    this.#tap = new WireTap(parts.clock);
  }

  get party(): Party {
    return this.#parts.party;
  }

  get codecs(): CodecPolicy {
    return this.#parts.codecs;
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  observe(listener: WireListener): void {
    this.#tap.listen(listener);
  }

  command(command: LegCommand): void {
    if (this.#state === "over") return;
    if (command.do === "offer") return this.#begin(command);
    if (command.do === "end") return this.#end(command);
    for (const page of this.#pages.keys()) page.command(command);
  }

  /** The user declined it without opening a page. */
  decline(): void {
    if (this.#state !== "asleep" && this.#state !== "awake") return;
    this.#tap.tell(frameFact("in", "push declined"));
    this.#finish({ code: "declined" }, false);
  }

  #begin(offer: Offer): void {
    if (this.#state !== "new") return;
    const { clock, wait, onOpened } = this.#parts;
    this.#offer = offer;
    this.#state = "asleep";
    this.#deadline = clock.monotonic() + wait;
    this.#timer = clock.after(wait, () => this.#tooLate());
    this.#stopWatching = onOpened(() => void this.#look());
    void this.#wake(offer.call);
    // Somebody may have come while the call was on its way here.
    void this.#look();
  }

  async #wake(call: OfferedCall): Promise<void> {
    const reached = await this.#parts.wake(call);
    this.#tap.tell(frameFact("out", "push", { reached }));
    if (reached > 0) this.#woken = true;
    // It was over before the browsers were woken: that has to be taken back.
    if (this.#state === "over") return this.#tellOver(false);
    if (reached > 0) this.#rings();
    else if (this.#state === "asleep") this.#finish({ code: "unavailable", text: "no browser could be woken" }, false);
  }

  #rings(): void {
    if (this.#rang || this.#state === "over") return;
    this.#rang = true;
    this.#listener({ is: "ringing" });
  }

  /** Whether pages are there now. Who opens while that is found out is looked for once more. */
  async #look(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain && this.#state === "asleep") {
      this.#lookAgain = false;
      this.#found(await this.#parts.pages());
    }
    this.#looking = false;
  }

  /** The first pages that come ring. */
  #found(pages: readonly Leg[]): void {
    const offer = this.#offer;
    if (pages.length === 0 || this.#isOver() || !offer) return;
    this.#state = "awake";
    this.#timer?.cancel();
    for (const page of pages) {
      page.observe?.((fact, moment) => this.#tap.tell(fact, moment));
      this.#pages.set(
        page,
        page.listen((fact) => this.#fact(page, fact)),
      );
    }
    for (const page of pages) page.command(offer);
  }

  #fact(page: Leg, fact: LegFact): void {
    if (this.#state === "answered") return this.#pass(fact);
    if (fact.is === "ringing") return this.#rings();
    if (fact.is === "ended") return this.#pageEnded(page, fact.cause);
    if (fact.is !== "answered") return;
    this.#state = "answered";
    this.#stopWatching();
    this.#endPages({ do: "end", cause: { code: "answered-elsewhere" }, by: "system" }, page);
    this.#tellOver(false);
    this.#pass(fact);
  }

  #pass(fact: LegFact): void {
    if (fact.is === "ended") this.#close();
    this.#listener(fact);
  }

  #pageEnded(page: Leg, cause: Cause): void {
    this.#pages.get(page)?.();
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    if (cause.code !== "network-lost") return this.#finish(cause, false);
    // It was closed or loaded anew: another one may come.
    const { clock } = this.#parts;
    this.#state = "asleep";
    this.#timer = clock.after(Math.max(this.#deadline - clock.monotonic(), 0), () => this.#tooLate());
    void this.#look();
  }

  #tooLate(): void {
    if (this.#state === "asleep") this.#finish({ code: "asleep" }, true);
  }

  #end(command: Extract<LegCommand, { do: "end" }>): void {
    const answered = this.#state === "answered";
    this.#endPages(command);
    const offered = this.#state !== "new";
    this.#close();
    if (offered && !answered) this.#tellOver(command.cause.code !== "answered-elsewhere");
  }

  /** It ends by itself. */
  #finish(cause: Cause, missed: boolean): void {
    this.#endPages({
      do: "end",
      cause: cause.code === "declined" ? { code: "answered-elsewhere" } : cause,
      by: "system",
    });
    this.#close();
    this.#tellOver(missed);
    this.#listener({ is: "ended", cause });
  }

  #endPages(command: Extract<LegCommand, { do: "end" }>, except?: Leg): void {
    for (const [page, stop] of [...this.#pages]) {
      if (page === except) continue;
      stop();
      this.#pages.delete(page);
      page.command(command);
    }
  }

  #tellOver(missed: boolean): void {
    if (this.#offer && this.#woken) this.#parts.over(this.#offer.call, missed);
    this.#woken = false;
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  #close(): void {
    this.#state = "over";
    this.#timer?.cancel();
    this.#stopWatching();
    this.#parts.closed();
  }
}
