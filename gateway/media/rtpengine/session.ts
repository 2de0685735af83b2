import { pause, type Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { normaliseBrowserSdp } from "../../sdp/browser.ts";
import { sends, receives, type Direction } from "../../sdp/direction.ts";
import { hasEventsAtWrongClock, withOpusEvents, withSlowEvents } from "../../sdp/opus-events.ts";
import { forBrowser, forTelephone } from "../../sdp/relayed.ts";
import { SdpError } from "../../sdp/sdp-error.ts";
import { summaryOf, type MediaSummary } from "../../sdp/summary.ts";
import { RelayError, type LegCounters, type RelayLegId, type RelaySession, type RelaySide } from "../relay.ts";
import { countersOf } from "./counters.ts";
import { answerFlags, offerFlags, type NgFlags } from "./flags.ts";
import { LegOrigin, type LegOrigins } from "./leg-origins.ts";
import type { NgClient, NgReply } from "./ng-client.ts";

const injectTries = 10;
const injectPauseMs = 100;

/** The rtpengine that carries a session. */
export interface Carrier {
  readonly name: string;
  readonly client: NgClient;
  readonly clock: Clock;
  readonly sessions: Set<RtpengineSession>;
  /** Ends a call there; the last word on it, when there is one. `tag`: one of its two legs. Never rejects. */
  release(callId: string, tag?: RelayLegId): Promise<NgReply | undefined>;
}

/**
 * One relay call. Commands go out one after another: UDP may turn them round, and an offer that overtook its
 * predecessor would leave the wrong description in force.
 */
export class RtpengineSession implements RelaySession {
  readonly id: string;
  readonly #node: Carrier;
  readonly #origins: LegOrigins;
  readonly #legs = new Map<RelayLegId, LegState>();
  #chain: Promise<unknown> = Promise.resolve();
  #used = false;
  #closed: Promise<readonly LegCounters[] | undefined> | undefined;
  #watched = false;

  constructor(id: string, node: Carrier, origins: LegOrigins) {
    this.id = id;
    this.#node = node;
    this.#origins = origins;
    node.sessions.add(this);
  }

  get relay(): string {
    return this.#node.name;
  }

  async offer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    const { text, summary } = this.#taken(from, sdp);
    const keep = this.#legs.has(to.leg) ? undefined : this.#leg(from.leg).codec;
    const tags = { "from-tag": from.leg, "to-tag": to.leg };
    const flags = offerFlags(from, to, { offered: summary.codecs, keep });
    const reply = await this.#describe("offer", { ...tags, sdp: text, ...flags });
    return this.#given(to, reply);
  }

  async answer(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    const { text, summary } = this.#taken(from, sdp);
    // ng names the tags of an answer as those of the offer: from-tag is who offered.
    const tags = { "from-tag": to.leg, "to-tag": from.leg };
    const reply = await this.#describe("answer", { ...tags, sdp: text, ...answerFlags(to) });
    this.#leg(from.leg).codec = summary.codecs[0];
    this.#leg(to.leg).codec = summaryOf(reply).codecs[0];
    return this.#given(to, reply);
  }

  async renew(from: RelaySide, to: RelaySide, sdp: string): Promise<string> {
    const { text, summary } = this.#taken(from, sdp);
    const { said } = this.#leg(to.leg);
    if (said === undefined) throw new RelayError("refused", "the other side has not described itself");
    const tags = { "from-tag": from.leg, "to-tag": to.leg };
    const flags = offerFlags(from, to, { offered: summary.codecs });
    // In one go: an offer of the other side must not come between the two.
    const reply = await this.#serial(async () => {
      await this.#told("offer", { ...tags, sdp: text, ...flags });
      return this.#told("answer", { ...tags, sdp: said, ...answerFlags(from) });
    });
    return this.#given(from, reply);
  }

  async remove(leg: RelayLegId): Promise<void> {
    const other = [...this.#legs.keys()].find((each) => each !== leg);
    if (this.#legs.delete(leg) && !this.#closed) this.#origins.release(leg);
    if (other === undefined) return void (await this.close());
    await this.#serial(() => this.#command("delete", { "from-tag": other, "to-tag": leg, "delete-delay": 0 }));
  }

  async sendDigit(leg: RelayLegId, digit: string, durationMs: number): Promise<void> {
    this.#leg(leg).ownDigits.push(digit);
    const parameters = { "from-tag": leg, code: digit, duration: durationMs, volume: 8 };
    try {
      await this.#serial(() => this.#inject(parameters));
    } catch (fault) {
      this.takeOwnDigit(leg, digit);
      throw fault;
    }
  }

  watch(): void {
    this.#watched = true;
    for (const leg of this.#legs.values()) leg.silentSince = undefined;
  }

  unwatch(): void {
    this.#watched = false;
  }

  close(): Promise<readonly LegCounters[] | undefined> {
    this.#leave();
    return (this.#closed ??= this.#release());
  }

  /** The relay has died or forgotten us: there is nothing to release any more. */
  lost(): void {
    this.#leave();
    this.#closed ??= Promise.resolve(undefined);
  }

  #leave(): void {
    if (this.#node.sessions.delete(this)) for (const leg of this.#legs.keys()) this.#origins.release(leg);
  }

  /** True for a digit that we sent ourselves: rtpengine reports it like one that was pressed. */
  takeOwnDigit(leg: RelayLegId, digit: string): boolean {
    const own = this.#legs.get(leg)?.ownDigits ?? [];
    const index = own.indexOf(digit);
    if (index >= 0) own.splice(index, 1);
    return index >= 0;
  }

  /** True while every leg both sends and hears: on hold nobody has to send. */
  get watched(): boolean {
    const directions = [...this.#legs.values()].map(({ direction }) => direction);
    return this.#watched && !this.#closed && directions.every((each) => sends(each) && receives(each));
  }

  /** What `query` said about the packets that have come from each leg; returns the legs silent for `timeoutMs`. */
  heard(packets: ReadonlyMap<RelayLegId, number>, now: number, timeoutMs: number): RelayLegId[] {
    return [...this.#legs].flatMap(([id, leg]) =>
      silentTooLong(leg, packets.get(id) ?? 0, now, timeoutMs) ? [id] : [],
    );
  }

  async query(): Promise<NgReply> {
    return this.#node.client.command("query", { "call-id": this.id });
  }

  /** rtpengine sums a call up only when its deletion names a leg; with two legs that deletes the whole call too. */
  async #release(): Promise<readonly LegCounters[] | undefined> {
    if (!this.#used) return undefined;
    const [tag] = this.#legs.size === 2 ? this.#legs.keys() : [];
    const last = await this.#chain.then(() => this.#node.release(this.id, tag));
    return last && countersOf(last);
  }

  async #describe(command: "offer" | "answer", parameters: NgFlags): Promise<string> {
    return this.#serial(() => this.#told(command, parameters));
  }

  async #told(command: "offer" | "answer", parameters: NgFlags): Promise<string> {
    this.#used = true;
    const { sdp } = await this.#command(command, parameters);
    if (typeof sdp !== "string") throw new RelayError("refused", `rtpengine's reply to ${command} has no sdp`);
    return sdp;
  }

  /** rtpengine can send a digit once the leg has sent a packet: a dialling page presses its first key before that. */
  async #inject(parameters: object): Promise<void> {
    for (let tries = injectTries; ; tries--) {
      try {
        await this.#command("play DTMF", parameters);
        return;
      } catch (fault) {
        if (tries === 0 || !messageOf(fault).includes("No SSRC context")) throw fault;
        await pause(this.#node.clock, injectPauseMs);
      }
    }
  }

  #command(command: string, parameters: object): Promise<NgReply> {
    if (this.#closed) throw new RelayError("no-relay", "the relay session is closed");
    return this.#node.client.command(command, { "call-id": this.id, ...parameters });
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(work);
    this.#chain = result.catch(() => {});
    return result;
  }

  /** What `from` sent, checked and in the form that the relay takes. */
  #taken(from: RelaySide, sdp: string): { text: string; summary: MediaSummary } {
    try {
      const summary = summaryOf(sdp);
      const text = from.kind === "web" ? normaliseBrowserSdp(sdp) : this.#fromTelephone(from, sdp);
      this.#leg(from.leg).direction = summary.direction;
      this.#leg(from.leg).said = text;
      for (const leg of this.#legs.values()) leg.silentSince = undefined;
      return { text, summary };
    } catch (fault) {
      if (fault instanceof SdpError) throw new RelayError("bad-sdp", fault.message, { cause: fault });
      throw fault;
    }
  }

  #fromTelephone(from: RelaySide, sdp: string): string {
    const leg = this.#leg(from.leg);
    leg.slowEvents = hasEventsAtWrongClock(sdp);
    return leg.slowEvents ? withOpusEvents(sdp) : sdp;
  }

  #forTelephone(to: RelaySide, sdp: string): string {
    const text = forTelephone(sdp);
    return this.#leg(to.leg).slowEvents ? withSlowEvents(text) : text;
  }

  /** What `to` gets: under our own name, without what its kind does not understand. */
  #given(to: RelaySide, sdp: string): string {
    const leg = this.#leg(to.leg);
    const text = to.kind === "web" ? forBrowser(sdp) : this.#forTelephone(to, sdp);
    return leg.origin.sign(text);
  }

  #leg(id: RelayLegId): LegState {
    let leg = this.#legs.get(id);
    if (!leg) this.#legs.set(id, (leg = newLeg(this.#closed ? new LegOrigin() : this.#origins.take(id))));
    return leg;
  }
}

interface LegState {
  readonly origin: LegOrigin;
  /** As the leg last said itself. */
  direction: Direction;
  /** Its last description, as the relay took it. */
  said: string | undefined;
  /** The speech codec of its last exchange. */
  codec: string | undefined;
  /** Writes key presses at another clock than it sends them. */
  slowEvents: boolean;
  /** Sent for this leg, and not reported yet. */
  readonly ownDigits: string[];
  packets: number;
  silentSince: number | undefined;
}

const newLeg = (origin: LegOrigin): LegState => ({
  origin,
  direction: "sendrecv",
  said: undefined,
  codec: undefined,
  slowEvents: false,
  ownDigits: [],
  packets: 0,
  silentSince: undefined,
});

/** Updates the leg; true once for each `timeoutMs` of silence. */
function silentTooLong(leg: LegState, packets: number, now: number, timeoutMs: number): boolean {
  if (packets !== leg.packets || leg.silentSince === undefined) {
    leg.packets = packets;
    leg.silentSince = now;
  }
  if (now - leg.silentSince < timeoutMs) return false;
  leg.silentSince = now;
  return true;
}
