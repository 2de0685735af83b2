import type { Player, PlayerSession } from "../media/player.ts";
import type { Relay, RelaySession, RelaySide } from "../media/relay.ts";
import type { Leg, LegId } from "./leg.ts";

/**
 * A player that lets a leg hear ringing, through a relay session of its own. It says nothing before `ring`: a far end
 * that answers at once must not be heard behind a first packet of another source, which some telephones take for a
 * reason to drop what follows.
 */
export class RingingTone {
  readonly #leg: LegId;
  readonly #relay: Relay;
  readonly #player: Player;
  #sound: PlayerSession | undefined;
  #session: RelaySession | undefined;
  #side: RelaySide;
  #answer: string | undefined;
  #rings = false;
  #closed = false;

  constructor(leg: LegId, relay: Relay, player: Player) {
    this.#leg = leg;
    this.#relay = relay;
    this.#player = player;
    this.#side = { leg, kind: "rtp" };
  }

  /** The offer for `to`. Rejects with RelayError, or with CodedError `no-port`. */
  async offer(to: Leg, id: string): Promise<string> {
    this.#side = { leg: this.#leg, kind: to.kind, ...(to.codecs && { codecs: to.codecs }) };
    this.#sound = await this.#player.open({ program: { ringback: true } });
    if (this.#closed) return this.#release();
    this.#session = this.#relay.open({ id: `${id}.tone` });
    return this.#session.offer(this.#source, this.#side, this.#sound.offer());
  }

  /** The leg's answer: from now on it can hear the tone. */
  async answered(sdp: string): Promise<void> {
    this.#answer = await this.#session?.answer(this.#side, this.#source, sdp);
    if (this.#rings) this.#play();
  }

  /** The far end rings. */
  ring(): void {
    if (!this.#rings) this.#play();
    this.#rings = true;
  }

  #play(): void {
    if (this.#answer !== undefined && !this.#closed) this.#sound?.accept(this.#answer);
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  get #source(): RelaySide {
    return { leg: `${this.#leg}.tone`, kind: "rtp" };
  }

  #release(): string {
    this.#sound?.close();
    void this.#session?.close();
    this.#sound = this.#session = undefined;
    return "";
  }
}
