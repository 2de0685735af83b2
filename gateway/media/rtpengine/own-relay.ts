import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { RtpengineChild } from "./child.ts";
import { primaryAddress } from "./local-addresses.ts";
import type { NgTimers } from "./ng-client.ts";
import { RtpengineRelay } from "./relay.ts";

export interface OwnRelayOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stateDir: string;
  /** UDP ports of media. */
  readonly ports: { readonly min: number; readonly max: number };
  /** Addresses of media; default: the machine's primary address. */
  readonly addresses?: readonly string[];
  /** See RtpengineRelayOptions. */
  readonly prefix: string;
  readonly mediaTimeoutMs: number;
  readonly healthMs?: number;
  readonly timers?: NgTimers;
  /** The program (default `rtpengine`, looked up in PATH). */
  readonly program?: string;
}

/** The relay port on an rtpengine of our own, that is started, watched, and stopped with it. */
export class OwnRtpengineRelay extends RtpengineRelay {
  readonly #child: RtpengineChild;

  private constructor(options: OwnRelayOptions, child: RtpengineChild) {
    super({ ...options, relays: [{ name: "own", host: "127.0.0.1", port: child.ngPort }] });
    this.#child = child;
    const [node] = this.nodes;
    child.dtmf.on("pressed", (report) => this.pressed(report));
    child.on("died", () => node?.down("rtpengine died"));
    child.on("started", () => void node?.check());
    node?.on("lost", () => {
      if (!node.up) child.restart();
    });
  }

  /** @throws RtpengineChildError `not-installed` | `failed` */
  static async open(options: OwnRelayOptions): Promise<OwnRtpengineRelay> {
    const child = await RtpengineChild.start({
      ...options,
      addresses: options.addresses ?? [await primaryAddress()],
    });
    const relay = new OwnRtpengineRelay(options, child);
    await relay.check();
    return relay;
  }

  /** Process id of the rtpengine. */
  get pid(): number {
    return this.#child.pid;
  }

  protected override async release(): Promise<void> {
    await super.release();
    await this.#child.close();
  }
}
