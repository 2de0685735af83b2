import { Emitter } from "../../gateway/base/emitter.ts";
import {
  RelayError,
  type LegCounters,
  type LegKind,
  type Relay,
  type RelayErrorCode,
  type RelayEvents,
  type RelayOpenOptions,
  type RelaySession,
  type RelaySide,
} from "../../gateway/media/relay.ts";
import { outlineOf, type SdpOutline } from "../../gateway/sdp/outline.ts";
import { summaryOf, type MediaSummary } from "../../gateway/sdp/summary.ts";

type Events = { -readonly [K in keyof RelayEvents]: [...RelayEvents[K]] };

/** A relay without media: a description that passes it is marked with the session's id, as `sdp via <id>`. */
export class FakeRelay extends Emitter<Events> implements Relay {
  readonly live = new Map<string, FakeRelaySession>();
  /** Every session that ever was. */
  readonly all: FakeRelaySession[] = [];
  available = true;
  /** What the next operations are refused with. */
  refuses: RelayErrorCode | undefined;
  /** Offers to a leg of this kind are refused. */
  refusesKind: LegKind | undefined;
  /** What closed sessions say has passed. */
  counters: readonly LegCounters[] | undefined;
  /** Operations wait for `proceed` while this is set. */
  held = false;
  #waiting: (() => void)[] = [];

  open(options: RelayOpenOptions = {}): RelaySession {
    if (!this.available) throw new RelayError("no-relay", "no relay is up");
    const session = new FakeRelaySession(`t-${options.id ?? this.all.length}`, this);
    this.live.set(session.id, session);
    this.all.push(session);
    return session;
  }

  summary(sdp: string): MediaSummary {
    return summaryOf(sdp);
  }

  outline(sdp: string): SdpOutline {
    return outlineOf(sdp);
  }

  get sessions(): number {
    return this.live.size;
  }

  async close(): Promise<void> {
    for (const session of [...this.live.values()]) await session.close();
  }

  /** Lets the operations that wait go on. */
  proceed(): void {
    this.held = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  async turn<T>(result: T): Promise<T> {
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.refuses !== undefined) throw new RelayError(this.refuses, "refused by the test");
    return result;
  }
}

class FakeRelaySession implements RelaySession {
  readonly id: string;
  readonly relay = "fake";
  /** `offer a→b`, `answer b→a`, `renew a→b`, `digit a 5`, `watch`, `unwatch`. */
  readonly log: string[] = [];
  readonly #owner: FakeRelay;

  constructor(id: string, owner: FakeRelay) {
    this.id = id;
    this.#owner = owner;
  }

  offer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    this.log.push(`offer ${from.leg}→${to.leg}`);
    if (to.kind === this.#owner.refusesKind) return Promise.reject(new RelayError("refused", "refused by the test"));
    return this.#owner.turn(`${sdp}via ${this.id}`);
  }

  answer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    this.log.push(`answer ${from.leg}→${to.leg}`);
    return this.#owner.turn(`${sdp}via ${this.id}`);
  }

  renew(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    this.log.push(`renew ${from.leg}→${to.leg}`);
    return this.#owner.turn(`${sdp}via ${this.id}`);
  }

  async remove(): Promise<void> {}

  async sendDigit(leg: string, digit: string): Promise<void> {
    this.log.push(`digit ${leg} ${digit}`);
    await this.#owner.turn(undefined);
  }

  watch(): void {
    this.log.push("watch");
  }

  unwatch(): void {
    this.log.push("unwatch");
  }

  async close(): Promise<readonly LegCounters[] | undefined> {
    this.#owner.live.delete(this.id);
    return this.#owner.counters;
  }
}
