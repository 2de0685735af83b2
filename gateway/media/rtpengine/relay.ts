import type { Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { randomToken } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import type { MediaSummary } from "../../sdp/summary.ts";
import { readOutline, readSummary } from "../absent-relay.ts";
import { RelayError, type Relay, type RelayEvents, type RelayOpenOptions, type SdpOutline } from "../relay.ts";
import type { DtmfReport } from "./dtmf-listener.ts";
import { LegOrigins } from "./leg-origins.ts";
import { MediaWatch } from "./media-watch.ts";
import type { NgTimers } from "./ng-client.ts";
import { RelayNode, type RelayAddress } from "./node.ts";
import { RtpengineSession } from "./session.ts";

export interface RtpengineRelayOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly relays: readonly RelayAddress[];
  /** What our call ids start with: the same after a restart, another for another gateway on the same relays. */
  readonly prefix: string;
  /** Milliseconds without a packet until `media-timeout`. */
  readonly mediaTimeoutMs: number;
  /** Milliseconds between two health checks of a relay (default 1000). */
  readonly healthMs?: number;
  /** Deadline of one command. */
  readonly timers?: NgTimers;
}

/** The relay port on one or more rtpengines. */
export class RtpengineRelay extends Emitter<RelayEvents> implements Relay {
  readonly nodes: readonly RelayNode[];
  readonly #options: RtpengineRelayOptions;
  readonly #watch: MediaWatch;
  readonly #origins = new LegOrigins();
  #available = false;
  #closing: Promise<void> | undefined;

  constructor(options: RtpengineRelayOptions) {
    super();
    this.#options = options;
    const shared = { ...options, healthMs: options.healthMs ?? 1000 };
    this.nodes = options.relays.map((address) => new RelayNode({ ...shared, ...address }));
    for (const node of this.nodes) this.#follow(node);
    this.#watch = new MediaWatch({
      nodes: this.nodes,
      clock: options.clock,
      timeoutMs: options.mediaTimeoutMs,
      silent: (session, leg) => this.emit("media-timeout", { session: session.id, leg }),
    });
  }

  /** One health check of each relay now, so that `available` is known at start. */
  async check(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.check()));
  }

  open({ id = randomToken(12) }: RelayOpenOptions = {}): RtpengineSession {
    const [node] = this.nodes.filter(({ up }) => up).sort((a, b) => a.sessions.size - b.sessions.size);
    if (!node) throw new RelayError("no-relay", "no relay answers");
    return new RtpengineSession(`${this.#options.prefix}${id}`, node, this.#origins);
  }

  summary(sdp: string): MediaSummary {
    return readSummary(sdp);
  }

  outline(sdp: string): SdpOutline {
    return readOutline(sdp);
  }

  get available(): boolean {
    return this.nodes.some(({ up }) => up);
  }

  get sessions(): number {
    return this.nodes.reduce((count, node) => count + node.sessions.size, 0);
  }

  /** A relay reports a key press. */
  pressed({ callId, tag, digit, durationMs }: DtmfReport): void {
    const session = this.#all().find(({ id }) => id === callId);
    if (!session || session.takeOwnDigit(tag, digit)) return;
    this.emit("digit", { session: callId, leg: tag, digit, durationMs });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.release());
  }

  protected async release(): Promise<void> {
    this.#watch.close();
    await Promise.all(this.#all().map((session) => session.close()));
    await Promise.all(this.nodes.map((node) => node.close()));
    this.removeAllListeners();
  }

  #all(): RtpengineSession[] {
    return this.nodes.flatMap((node) => [...node.sessions]);
  }

  #follow(node: RelayNode): void {
    node.on("up", () => {
      if (!this.#available) this.emit("restored");
      this.#available = true;
    });
    node.on("lost", (sessions, reason) => {
      this.#available = this.available;
      this.emit("lost", { sessions, reason });
    });
  }
}
