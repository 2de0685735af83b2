import type { Timer } from "../gateway/base/clock.ts";
import { Emitter } from "../gateway/base/emitter.ts";
import { ClientError } from "./client-error.ts";
import type { ErrorDetail } from "./error-kinds.ts";
import { candidateAddresses, iceVerdict, waysOf } from "./ice-verdict.ts";
import type { PeerConnectionPort, Platform } from "./platform.ts";
import type { StatsEntry } from "./quality.ts";

/** How long a browser may take to find an address of its own, and the way to the relay once its address is known. */
export const pathDeadlineMs = 2_000;

/** Browsers wait for 15 s and more before they call a way failed, and for ever when they have no address. */
export class IceWatch {
  readonly events = new Emitter<{
    /** No sound can pass now; each cause is told once, until there was a way in between. */
    problem: [ClientError];
  }>();
  readonly #platform: Platform;
  readonly #connection: PeerConnectionPort;
  #remote: readonly string[] = [];
  #gathering: Timer | undefined;
  #pairing: Timer | undefined;
  #told: ErrorDetail | undefined;
  #closed = false;

  constructor(platform: Platform, connection: PeerConnectionPort) {
    this.#platform = platform;
    this.#connection = connection;
  }

  /** Somebody listens, and the browser looks for addresses of its own. What went wrong before is told in time. */
  start(): void {
    this.#gathering ??= this.#platform.clock.after(pathDeadlineMs, () => void this.#whenNothingGathered());
  }

  /** Theirs is: it looks for a way there. */
  remoteKnown(sdp: string): void {
    this.#remote = candidateAddresses(sdp);
    this.#pairing ??= this.#platform.clock.after(pathDeadlineMs, () => void this.#whenNoWay());
  }

  /** There is a way. */
  up(): void {
    this.#told = undefined;
  }

  /** The browser has given up; with a way for packets, it is their encryption that failed. */
  failed(): void {
    if (!this.#gathering) return;
    if (this.#searching) void this.#tell();
    else this.events.emit("problem", new ClientError("ice-failed"));
  }

  close(): void {
    this.#closed = true;
    this.#gathering?.cancel();
    this.#pairing?.cancel();
  }

  async #whenNothingGathered(): Promise<void> {
    const { local } = await this.#ways();
    if (!local.includes("udp")) await this.#tell();
  }

  async #whenNoWay(): Promise<void> {
    if (this.#searching) await this.#tell();
  }

  get #searching(): boolean {
    const { iceConnectionState: state } = this.#connection;
    return state === "new" || state === "checking" || state === "failed";
  }

  async #tell(): Promise<void> {
    const ways = await this.#ways();
    const relayOnly = this.#connection.getConfiguration().iceTransportPolicy === "relay";
    const gathered = this.#connection.iceGatheringState === "complete";
    if (this.#closed || !this.#searching) return;
    const [remote, online] = [this.#remote, this.#platform.online()];
    const detail = iceVerdict({ ...ways, remote, gathered, relayOnly, online });
    if (detail === this.#told) return;
    this.#told = detail;
    this.events.emit("problem", new ClientError("ice-failed", { detail }));
  }

  async #ways(): Promise<ReturnType<typeof waysOf>> {
    const report = await this.#connection.getStats();
    return waysOf(report as unknown as Iterable<[string, StatsEntry]>);
  }
}
