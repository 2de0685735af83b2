import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { randomToken } from "../base/ids.ts";
import { userKey, type UserId } from "../directory/user-id.ts";

export interface SignInsOptions {
  /** How long a sign-in stays good without being used: milliseconds. */
  readonly life: number;
  /** Sign-ins of one user; the one that was used longest ago goes. */
  readonly perUser: number;
  readonly max: number;
}

interface SignIn {
  readonly user: UserId;
  usedAt: number;
}

/** Browsers that are signed in, by the secret in their cookie; of the secret only a hash is kept. */
export class SignIns {
  readonly #clock: Clock;
  readonly #options: SignInsOptions;
  /** In the order of their last use. */
  readonly #open = new Map<string, SignIn>();

  constructor(clock: Clock, options: SignInsOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Milliseconds that a browser should keep its cookie. */
  get life(): number {
    return this.#options.life;
  }

  /** Signs a browser in; what its cookie holds. */
  open(user: UserId): string {
    this.#makeRoom(user);
    const secret = randomToken(32);
    this.#open.set(hashOf(secret), { user, usedAt: this.#clock.now() });
    return secret;
  }

  /** Whose cookie it is; that also keeps it alive. */
  use(secret: string): UserId | undefined {
    const hash = hashOf(secret);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    if (!found || this.#isOld(found)) return undefined;
    this.#open.set(hash, { user: found.user, usedAt: this.#clock.now() });
    return found.user;
  }

  close(secret: string): void {
    this.#open.delete(hashOf(secret));
  }

  #makeRoom(user: UserId): void {
    const { perUser, max } = this.#options;
    for (const [hash, one] of this.#open) {
      if (this.#open.size < max && !this.#isOld(one)) break;
      this.#open.delete(hash);
    }
    const own = [...this.#open].filter(([, one]) => userKey(one.user) === userKey(user));
    for (const [hash] of own.slice(0, Math.max(0, own.length - perUser + 1))) this.#open.delete(hash);
  }

  #isOld({ usedAt }: SignIn): boolean {
    return this.#clock.now() - usedAt > this.#options.life;
  }
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
