import type { Clock, Timer } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { CloudEvent, WebhookEvent } from "../../protocol/rest/webhooks.ts";
import { signedHeaders } from "./signature.ts";

/** Where facts go. Nothing else is ever called: redirects are not followed. */
export interface Webhook {
  /** What logs and metrics call it. */
  readonly id: string;
  readonly url: string;
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  readonly domain: string;
  readonly events: readonly WebhookEvent[];
}

export interface OutboxSettings {
  /** An answer that takes longer counts as none: milliseconds. */
  readonly timeout: number;
  /** Pause before the first repeat, in milliseconds; each is twice as long as the one before. */
  readonly firstRetry: number;
  /** Longest pause, in milliseconds. */
  readonly lastRetry: number;
  /** After so many tries an event is given up. */
  readonly attempts: number;
  /** Events that may wait. */
  readonly queue: number;
}

/**
 * What became of an event, or of one try of it: `dropped` the queue was full, `gone` the receiver wants no more, `given-up`
 * every try failed, `lost` the gateway stopped first.
 */
export type Outcome = "delivered" | "failed" | "given-up" | "dropped" | "gone" | "lost";

export interface OutboxParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: OutboxSettings;
  /** For metrics. */
  came(outcome: Outcome): void;
}

interface Answer {
  /** Absent when none came. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly why: string;
}

/** The events of one webhook: one after another, in order, each again until it is taken. Nobody waits for it. */
export class Outbox {
  readonly webhook: Webhook;
  readonly #parts: OutboxParts;
  readonly #waiting: CloudEvent[] = [];
  readonly #abort = new AbortController();
  #sending: Promise<void> | undefined;
  #pause: Timer | undefined;
  #tries = 0;
  #closing = false;
  #over = false;

  constructor(webhook: Webhook, parts: OutboxParts) {
    this.webhook = webhook;
    this.#parts = { ...parts, log: parts.log.child({ webhook: webhook.id }) };
  }

  /** Events that have not been taken yet: back to 0. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(event: CloudEvent): void {
    if (this.#over) return;
    const { settings, came, log } = this.#parts;
    if (this.#waiting.length >= settings.queue) {
      came("dropped");
      return log.warn("webhook event dropped", { event: event.type, waiting: this.#waiting.length });
    }
    this.#waiting.push(event);
    this.#next();
  }

  /** Tries what waits once more, and is over when `deadline` milliseconds have passed at the latest. */
  async close(deadline: number): Promise<void> {
    this.#closing = true;
    this.#pause?.cancel();
    this.#pause = undefined;
    const timer = this.#parts.clock.after(deadline, () => this.#abort.abort());
    this.#next();
    while (this.#sending) await this.#sending;
    timer.cancel();
    this.#end("lost");
  }

  #next(): void {
    const [event] = this.#waiting;
    if (!event || this.#over || this.#sending || this.#pause || this.#abort.signal.aborted) return;
    this.#sending = this.#try(event).finally(() => {
      this.#sending = undefined;
      this.#next();
    });
  }

  async #try(event: CloudEvent): Promise<void> {
    const answer = await this.#send(event);
    const { status = 0 } = answer;
    if (status >= 200 && status < 300) return this.#done("delivered");
    // Standard Webhooks: the receiver wants no more.
    if (status === 410) {
      this.#parts.log.warn("webhook switched off by its receiver: 410");
      return this.#end("gone");
    }
    this.#failed(event, answer);
  }

  #failed(event: CloudEvent, { why, retryAfterMs = 0 }: Answer): void {
    const { settings, clock, came, log } = this.#parts;
    this.#tries += 1;
    came("failed");
    if (this.#abort.signal.aborted) return;
    if (this.#closing || this.#tries >= settings.attempts) {
      log.error("webhook event given up", { event: event.type, why });
      return this.#done("given-up");
    }
    if (this.#tries === 1) log.warn("webhook failed, will be tried again", { event: event.type, why });
    const pause = settings.firstRetry * 2 ** (this.#tries - 1);
    // Half of it by chance, so that receivers that come back are not met by all at once.
    const jittered = pause * (0.5 + Math.random() / 2);
    this.#pause = clock.after(Math.min(Math.max(jittered, retryAfterMs), settings.lastRetry), () => {
      this.#pause = undefined;
      this.#next();
    });
  }

  #done(outcome: "delivered" | "given-up"): void {
    this.#waiting.shift();
    this.#tries = 0;
    this.#parts.came(outcome);
  }

  #end(outcome: "gone" | "lost"): void {
    this.#over = true;
    const left = this.#waiting.splice(0);
    for (const _event of left) this.#parts.came(outcome);
    if (outcome === "lost" && left.length > 0) this.#parts.log.warn("webhook events lost", { events: left.length });
  }

  async #send(event: CloudEvent): Promise<Answer> {
    const { url, secret } = this.webhook;
    const { clock, settings } = this.#parts;
    const body = JSON.stringify(event);
    const headers = {
      "content-type": "application/cloudevents+json; charset=utf-8",
      ...signedHeaders(secret, event.id, clock.now(), body),
    };
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(settings.timeout)]);
    try {
      const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
      await answer.body?.cancel();
      const { status } = answer;
      const retryAfter = Number(answer.headers.get("retry-after") ?? 0);
      return { status, why: `status ${status}`, ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }) };
    } catch (fault) {
      return { why: fault instanceof Error && fault.cause ? messageOf(fault.cause) : messageOf(fault) };
    }
  }
}
