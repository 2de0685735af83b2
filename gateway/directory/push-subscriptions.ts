import type { UserId } from "./user-id.ts";
import type { UserStore } from "./user-store.ts";

/** Where one browser is woken (RFC 8030), and the keys that only it can read with (RFC 8291). */
export interface PushSubscription {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** When it was made or renewed: milliseconds since the epoch. */
  readonly at: number;
  /** When the push service ends it. */
  readonly expiresAt?: number;
  readonly language?: string;
}

export interface PushSubscriptionLimits {
  /** Browsers of one user; beyond it the one that was renewed longest ago goes. */
  readonly browsers: number;
  /** One that was not renewed for so many milliseconds is gone. */
  readonly age: number;
}

/** The browsers of each user that may be woken. */
export class PushSubscriptions {
  readonly #store: UserStore<readonly PushSubscription[]>;
  readonly #limits: PushSubscriptionLimits;
  readonly #now: () => number;

  constructor(store: UserStore<readonly PushSubscription[]>, limits: PushSubscriptionLimits, now: () => number) {
    this.#store = store;
    this.#limits = limits;
    this.#now = now;
  }

  /** Newest first. */
  async list(user: UserId): Promise<readonly PushSubscription[]> {
    return this.#living((await this.#store.read(user)) ?? []);
  }

  /** Adds it, or replaces the one of that endpoint. */
  async put(user: UserId, subscription: Omit<PushSubscription, "at">): Promise<void> {
    const added = { ...subscription, at: this.#now() };
    await this.#store.change(user, (known = []) =>
      [added, ...this.#living(known).filter(({ endpoint }) => endpoint !== added.endpoint)].slice(
        0,
        this.#limits.browsers,
      ),
    );
  }

  /** Does nothing when there is none. */
  async remove(user: UserId, endpoint: string): Promise<void> {
    await this.#store.change(user, (known = []) => {
      const left = known.filter((one) => one.endpoint !== endpoint);
      return left.length < known.length ? left : undefined;
    });
  }

  /** False when there was none. */
  erase(user: UserId): Promise<boolean> {
    return this.#store.erase(user);
  }

  #living(known: readonly PushSubscription[]): readonly PushSubscription[] {
    const now = this.#now();
    return known.filter(({ at, expiresAt = Infinity }) => at >= now - this.#limits.age && expiresAt > now);
  }
}
