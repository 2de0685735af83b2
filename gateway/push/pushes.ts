import { createHash, ECDH } from "node:crypto";
import webPush from "web-push";
import type { Clock } from "../base/clock.ts";
import { CodedError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { Tally } from "../base/tally.ts";
import type { PushKeyPair } from "../directory/push-keys.ts";
import type { PushSubscription, PushSubscriptions } from "../directory/push-subscriptions.ts";
import { userKey, type UserId } from "../directory/user-id.ts";
import { pushLanguages, type PushNote } from "../protocol/push-values.ts";
import { mayConnect, type EndpointRules } from "./endpoint.ts";
import { post } from "./post.ts";

export interface PushSettings extends EndpointRules {
  /** RFC 8292 2.1: how push services reach whoever runs this, `mailto:` or `https:`. */
  readonly contact: string;
  /** A push service that has not answered within this time counts as away: milliseconds. */
  readonly timeout: number;
  /** Notes for one user in a minute; more are dropped. */
  readonly perMinute: number;
  /** Messages to push services at once; more are dropped. */
  readonly atOnce: number;
}

/**
 * What became of a message: `gone` the browser wants no more, `refused` the service did not take it, `failed` it did not
 * answer, `dropped` there was too much, `forbidden` the endpoint may not be connected to.
 */
export type PushOutcome = "accepted" | "gone" | "refused" | "failed" | "dropped" | "forbidden";

export interface PushesParts {
  readonly keys: PushKeyPair;
  readonly subscriptions: PushSubscriptions;
  readonly settings: PushSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** For metrics. */
  came(outcome: PushOutcome, type: PushNote["type"]): void;
}

/** How a note goes (RFC 8030 5.2 to 5.4). */
export interface PushManner {
  /** A browser that cannot be reached for so long never gets it: seconds. */
  readonly ttl: number;
  readonly urgency: "low" | "normal" | "high";
  /** A later note of the same topic takes the place of one that waits. */
  readonly topic: string;
}

/** - `bad-endpoint`: it may not be connected to. - `bad-key`: nothing could be encrypted for it. */
export class PushRefusal extends CodedError<"bad-endpoint" | "bad-key"> {}

const minuteMs = 60_000;
/** Users counted at once. */
const maxUsers = 10_000;

/** Wakes browsers by Web Push (RFC 8030), encrypted for them (RFC 8291), signed by us (RFC 8292). */
export class Pushes {
  readonly #parts: PushesParts;
  readonly #sent: Tally;
  readonly #abort = new AbortController();
  #sending = 0;

  constructor(parts: PushesParts) {
    this.#parts = parts;
    this.#sent = new Tally(parts.clock, { window: minuteMs, maxKeys: maxUsers });
  }

  /** What pages subscribe with. */
  get publicKey(): string {
    return this.#parts.keys.publicKey;
  }

  /** Messages that no push service has answered yet: back to 0. */
  get sending(): number {
    return this.#sending;
  }

  /**
   * From now on this browser is woken.
   * @throws PushRefusal; whatever the store throws
   */
  async subscribe(user: UserId, subscription: Omit<PushSubscription, "at">): Promise<void> {
    if (!this.#allows(subscription.endpoint))
      throw new PushRefusal("bad-endpoint", "The endpoint must be an https address of a public push service.");
    if (!isPublicKey(subscription.p256dh)) throw new PushRefusal("bad-key", "p256dh is no public key of P-256.");
    await this.#parts.subscriptions.put(user, subscription);
  }

  unsubscribe(user: UserId, endpoint: string): Promise<void> {
    return this.#parts.subscriptions.remove(user, endpoint);
  }

  /** Whether a browser of the user can be woken. Rejects when the store fails. */
  async has(user: UserId): Promise<boolean> {
    return (await this.#parts.subscriptions.list(user)).length > 0;
  }

  /** To all of the user's browsers; how many push services have taken it. Rejects when the store fails. */
  async send(user: UserId, note: PushNote, manner: PushManner): Promise<number> {
    const { subscriptions, settings, came } = this.#parts;
    const browsers = await subscriptions.list(user);
    if (browsers.length === 0) return 0;
    if (this.#sent.waitMs(userKey(user), settings.perMinute) > 0) {
      came("dropped", note.type);
      return 0;
    }
    this.#sent.add(userKey(user), settings.perMinute);
    const outcomes = await Promise.all(browsers.map((browser) => this.#one(user, browser, note, manner)));
    return outcomes.filter((outcome) => outcome === "accepted").length;
  }

  /** What is on its way is given up. */
  close(): void {
    this.#abort.abort();
  }

  #allows(endpoint: string): boolean {
    return mayConnect(endpoint, this.#parts.settings);
  }

  async #one(user: UserId, browser: PushSubscription, note: PushNote, manner: PushManner): Promise<PushOutcome> {
    const outcome = await this.#outcome(browser, note, manner);
    this.#parts.came(outcome, note.type);
    if (outcome === "gone") await this.#parts.subscriptions.remove(user, browser.endpoint);
    return outcome;
  }

  async #outcome(browser: PushSubscription, note: PushNote, manner: PushManner): Promise<PushOutcome> {
    const { settings, log } = this.#parts;
    if (!this.#allows(browser.endpoint)) return "forbidden";
    if (this.#sending >= settings.atOnce) return "dropped";
    this.#sending += 1;
    try {
      const status = await this.#post(browser, note, manner);
      // RFC 8030 7.3: the subscription is no more.
      if (status === 404 || status === 410) return "gone";
      if (status >= 200 && status < 300) return "accepted";
      log.warn("push refused", { service: hostOf(browser.endpoint), status });
      return "refused";
    } catch (fault) {
      log.warn("push service away", { service: hostOf(browser.endpoint), fault: messageOf(fault) });
      return "failed";
    } finally {
      this.#sending -= 1;
    }
  }

  #post({ endpoint, p256dh, auth, language }: PushSubscription, note: PushNote, manner: PushManner): Promise<number> {
    const { keys, settings } = this.#parts;
    const spoken = pushLanguages.find((one) => one === language);
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify({ ...note, ...(spoken && { language: spoken }) }),
      {
        vapidDetails: { subject: settings.contact, ...keys },
        TTL: manner.ttl,
        urgency: manner.urgency,
        topic: topicOf(manner.topic),
        contentEncoding: "aes128gcm",
      },
    );
    const { timeout } = settings;
    return post({ url: endpoint, headers, body, timeout, signal: this.#abort.signal }, settings);
  }
}

/** A fresh key pair. */
export const makePushKeys = (): PushKeyPair => webPush.generateVAPIDKeys();

/** RFC 8030 5.4: at most 32 characters of base64url; it tells the push service nothing. */
const topicOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 32);

const hostOf = (endpoint: string): string => new URL(endpoint).host;

function isPublicKey(text: string): boolean {
  try {
    return ECDH.convertKey(text, "prime256v1", "base64url", "hex", "uncompressed").length === 130;
  } catch {
    return false;
  }
}
