import { uuid } from "../../base/ids.ts";
import type { CloudEvent, WebhookData, WebhookEvent } from "../../protocol/rest/webhooks.ts";
import { Outbox, type Outcome, type OutboxParts, type Webhook } from "./outbox.ts";

export interface WebhooksParts extends Omit<OutboxParts, "came"> {
  /** For metrics. */
  came(webhook: string, outcome: Outcome): void;
}

/** How long a stopping gateway goes on telling: milliseconds. */
const partingMs = 1_000;

/** Tells other programs what happens: whom each domain has named, and what they asked for. */
export class Webhooks {
  readonly #outboxes: readonly Outbox[];
  readonly #parts: WebhooksParts;

  constructor(webhooks: readonly Webhook[], parts: WebhooksParts) {
    this.#parts = parts;
    this.#outboxes = webhooks.map(
      (webhook) => new Outbox(webhook, { ...parts, came: (outcome) => parts.came(webhook.id, outcome) }),
    );
  }

  /** Events that have not been taken yet: back to 0. */
  get waiting(): number {
    return this.#outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Returns at once. `subject`: what it is about. */
  tell<Event extends WebhookEvent>(domain: string, type: Event, subject: string, data: WebhookData[Event]): void {
    const listening = this.#outboxes.filter(
      ({ webhook }) => webhook.domain === domain && webhook.events.includes(type),
    );
    if (listening.length === 0) return;
    const event: CloudEvent<Event> = {
      specversion: "1.0",
      id: uuid(),
      source: `urn:offhook:${domain}`,
      type,
      subject,
      time: new Date(this.#parts.clock.now()).toISOString(),
      datacontenttype: "application/json",
      data,
    };
    for (const outbox of listening) outbox.add(event);
  }

  /** What waits is tried once more; then it is over. */
  async close(): Promise<void> {
    await Promise.all(this.#outboxes.map((outbox) => outbox.close(partingMs)));
  }
}
