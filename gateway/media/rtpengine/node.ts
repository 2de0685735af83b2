import { Emitter } from "../../base/emitter.ts";
import type { Clock, Timer } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { RelayError } from "../relay.ts";
import { NgClient, type NgReply, type NgTimers } from "./ng-client.ts";
import type { Carrier, RtpengineSession } from "./session.ts";

/** Where an rtpengine listens for the ng protocol. */
export interface RelayAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface NodeOptions extends RelayAddress {
  readonly clock: Clock;
  readonly log: Logger;
  readonly timers?: NgTimers;
  /** Milliseconds between two health checks. */
  readonly healthMs: number;
  /** Call ids of ours start with it. */
  readonly prefix: string;
}

export interface NodeEvents {
  /** It answers (again). */
  readonly up: [];
  /** It does not answer, or has forgotten these sessions. They are closed. */
  readonly lost: [sessions: readonly string[], reason: string];
}

/** So many health checks in a row must fail before a relay counts as dead. */
const failuresUntilDown = 2;

/** One rtpengine: its health, and the sessions that it carries. */
export class RelayNode extends Emitter<NodeEvents> implements Carrier {
  readonly name: string;
  readonly client: NgClient;
  readonly clock: Clock;
  readonly sessions = new Set<RtpengineSession>();
  readonly #options: NodeOptions;
  /** Deleted, and the deletion not confirmed. */
  readonly #unconfirmed = new Set<string>();
  readonly #timer: Timer;
  #up = false;
  #failures = 0;
  #checking: Promise<void> | undefined;
  #closed = false;

  constructor(options: NodeOptions) {
    super();
    this.name = options.name;
    this.#options = options;
    this.clock = options.clock;
    this.client = new NgClient(options);
    this.#timer = options.clock.every(options.healthMs, () => void this.check());
  }

  get up(): boolean {
    return this.#up;
  }

  /** One health check; a second caller shares the first one's. */
  check(): Promise<void> {
    return (this.#checking ??= this.#check().finally(() => (this.#checking = undefined)));
  }

  /** The process has gone: no need to wait for health checks. */
  down(reason: string): void {
    if (!this.#up && this.sessions.size === 0) return;
    this.#up = false;
    this.#unconfirmed.clear();
    this.forget([...this.sessions], reason);
  }

  /** These sessions have no media any more. */
  forget(sessions: readonly RtpengineSession[], reason: string): void {
    for (const session of sessions) session.lost();
    this.#options.log.warn("relay lost sessions", { relay: this.name, sessions: sessions.length, reason });
    this.emit(
      "lost",
      sessions.map(({ id }) => id),
      reason,
    );
  }

  /** Ends a call at the relay; if the relay does not say so, the next health checks try again. Never rejects. */
  async release(callId: string, tag?: string): Promise<NgReply | undefined> {
    this.#unconfirmed.add(callId);
    return this.#confirm(callId, tag);
  }

  /** Ends every call of ours that no session stands for: what a killed gateway has left. Returns how many. */
  async sweep(): Promise<number> {
    const { calls } = await this.client.command("list", { limit: 1000 });
    const open = new Set([...this.sessions].map(({ id }) => id));
    const stale = (Array.isArray(calls) ? calls.map(String) : []).filter(
      (id) => id.startsWith(this.#options.prefix) && !open.has(id),
    );
    await Promise.all(stale.map((id) => this.release(id)));
    return stale.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    await this.#checking;
    this.client.close();
    this.removeAllListeners();
  }

  async #check(): Promise<void> {
    try {
      await this.client.command("ping");
      this.#failures = 0;
      if (!this.#up) await this.#comeUp();
      for (const id of this.#unconfirmed) await this.#confirm(id);
    } catch (fault) {
      if (!this.#closed && ++this.#failures === failuresUntilDown) this.down(messageOf(fault));
    }
  }

  async #comeUp(): Promise<void> {
    const stale = await this.sweep();
    this.#up = true;
    this.#options.log.info("relay up", { relay: this.name, released: stale });
    this.emit("up");
  }

  async #confirm(callId: string, tag?: string): Promise<NgReply | undefined> {
    try {
      const named = tag === undefined ? {} : { "from-tag": tag };
      const last = await this.client.command("delete", { "call-id": callId, ...named, "delete-delay": 0 });
      this.#unconfirmed.delete(callId);
      return last;
    } catch (fault) {
      // Refused means that the relay does not know it (any more).
      if (fault instanceof RelayError && fault.code === "refused") this.#unconfirmed.delete(callId);
      return undefined;
    }
  }
}
