import { systemClock, type Clock } from "../../gateway/base/clock.ts";
import { Emitter } from "../../gateway/base/emitter.ts";
import type { Json } from "../../gateway/base/json.ts";
import type { RefusalCode } from "../../gateway/protocol/causes.ts";
import type { ContactInfo, Target } from "../../gateway/protocol/values.ts";
import type { Meter, MicrophonePolicy, PeerConnectionPort, Platform, Player, SocketPort } from "../platform.ts";
import type { Rule } from "./behaviour.ts";
import type { FarCall } from "./far-call.ts";
import { mediaPort, openMeter, openPlayer, SimulatedConnection, streamOf, type MicrophoneFault } from "./media.ts";
import { SimulatedGateway } from "./simulated-gateway.ts";

export interface SimulationOptions {
  /** Who signs in: `name@domain`; default `you@simulated.test`. */
  readonly user?: string;
  readonly name?: string;
  /** What becomes of each call; default: a name that is a reason, such as `busy@simulated.test`, ends the call for it,
   * `wait@…` rings until the test acts, everybody else answers. */
  readonly rule?: Rule;
  /** Who is there; default: Bob. */
  readonly contacts?: readonly ContactInfo[];
  /** Why sign-ins are refused; default: they are not. */
  readonly refuses?: RefusalCode;
  /** Why there is no microphone; default: there is one. */
  readonly microphone?: MicrophoneFault;
  /** Time for a test that turns it by hand. */
  readonly clock?: Clock;
}

const bob: ContactInfo = {
  target: { user: "bob@simulated.test" },
  name: "Bob",
  can: ["call"],
  status: "online",
  pages: 1,
  phones: 0,
};

/**
 * Surroundings of the library in which a gateway and its far ends exist: no network, no device, no permission, the
 * same in every run. For tests of pages: `connect({ platform: simulation })`.
 */
export class Simulation extends Emitter<{ call: [FarCall] }> implements Platform {
  readonly clock: Clock;
  readonly secure = true;
  readonly defaultUrl = "wss://simulated.test/ws";
  readonly tabStorage = undefined;
  readonly media: Platform["media"];
  /** Why the next microphone is not given; undefined when it is. */
  microphone: MicrophoneFault | undefined;
  /** Why the next sign-in is refused; undefined when it is not. */
  refuses: RefusalCode | undefined;
  readonly #gateway: SimulatedGateway;
  #ids = 0;

  constructor({ user = "you@simulated.test", contacts = [bob], ...options }: SimulationOptions = {}) {
    super();
    this.clock = options.clock ?? systemClock;
    this.microphone = options.microphone;
    this.refuses = options.refuses;
    this.media = mediaPort(() => this.microphone);
    this.#gateway = new SimulatedGateway({
      clock: this.clock,
      user,
      name: options.name,
      rule: options.rule,
      contacts,
      refusal: () => this.refuses,
      called: (call) => this.emit("call", call),
    });
  }

  /** Somebody calls the page. @throws Error when no page is connected */
  callIn({ from, name, data }: { from: Target; name?: string; data?: Json }): FarCall {
    const number = "tel" in from ? { number: from.tel } : {};
    return this.#gateway.callIn({ target: from, ...number, ...(name !== undefined && { name }), can: ["call"] }, data);
  }

  /** The connection is lost: calls end, and the library comes back by itself. */
  drop(): void {
    this.#gateway.drop();
  }

  microphonePolicy(): MicrophonePolicy {
    return { policy: true, framed: false };
  }

  async permission(): Promise<PermissionState> {
    return this.microphone === "denied" ? "denied" : "granted";
  }

  online(): boolean {
    return true;
  }

  onForbidden(): () => void {
    return () => {};
  }

  random(): number {
    return 0;
  }

  newId(): string {
    return `simulated-${++this.#ids}`;
  }

  openSocket(): SocketPort {
    return this.#gateway.openSocket();
  }

  openPeerConnection(): PeerConnectionPort {
    return new SimulatedConnection(this.clock) as unknown as PeerConnectionPort;
  }

  newStream(tracks: MediaStreamTrack[]): MediaStream {
    return streamOf(tracks);
  }

  openPlayer(): Player {
    return openPlayer();
  }

  openMeter(): Meter {
    return openMeter();
  }

  onPage(): () => void {
    return () => {};
  }
}
