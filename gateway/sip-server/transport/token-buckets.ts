import type { Clock } from "../../base/clock.ts";

export interface BucketSize {
  /** Tokens that come in a second. */
  readonly rate: number;
  /** Tokens that a bucket holds. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Sources come from outside: the one unheard of for longest is forgotten, and begins anew. */
const maxBuckets = 20_000;

/** How much each of many may still send: a full bucket for who was quiet, filled up at a constant rate. */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #size: BucketSize;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, size: BucketSize) {
    this.#clock = clock;
    this.#size = size;
  }

  /** Takes a token, if there is one. */
  take(key: string): boolean {
    const bucket = this.#filled(key);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Takes a token that may not be there yet; returns the milliseconds until it is. */
  charge(key: string): number {
    const bucket = this.#filled(key);
    bucket.tokens--;
    return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens * 1000) / this.#size.rate);
  }

  #filled(key: string): Bucket {
    const now = this.#clock.monotonic();
    const { rate, burst } = this.#size;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * rate) / 1000);
    bucket.at = now;
    this.#buckets.delete(key);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= maxBuckets && oldest !== undefined) this.#buckets.delete(oldest);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
