import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { readableCode } from "../base/ids.ts";
import type { UserId } from "../directory/user-id.ts";
import { SignInError } from "./sign-in-error.ts";

export interface OneTimeCodeOptions {
  /** How long a code is good: milliseconds. */
  readonly life: number;
  /** How long we can still say that a code was used or has expired: milliseconds. */
  readonly memory: number;
  /** Codes remembered; the oldest are forgotten. */
  readonly max: number;
}

const defaults: OneTimeCodeOptions = { life: 600_000, memory: 3_600_000, max: 1000 };

interface Issued {
  readonly user: UserId;
  readonly at: number;
  used: boolean;
}

/**
 * Codes such as `ABCD-EFGH` that sign one user in once: for a link, a QR code, or to be read aloud. They are kept as
 * keyed hashes only, so that how long a look-up takes says nothing of any code.
 */
export class OneTimeCodes {
  readonly #clock: Clock;
  readonly #options: OneTimeCodeOptions;
  readonly #key = randomBytes(32);
  readonly #issued = new Map<string, Issued>();
  #ever = false;

  constructor(clock: Clock, options: OneTimeCodeOptions = defaults) {
    this.#clock = clock;
    this.#options = options;
  }

  /** True once somebody was given a code: from then on it is worth asking for one. */
  get inUse(): boolean {
    return this.#ever;
  }

  /** Makes a code for `user`. Whoever shows it takes care that nobody else reads it. */
  issue(user: UserId): string {
    const text = readableCode(8);
    this.#ever = true;
    this.#keepAtMost(this.#options.max - 1);
    this.#issued.set(this.#hash(text), { user, at: this.#clock.now(), used: false });
    return `${text.slice(0, 4)}-${text.slice(4)}`;
  }

  /**
   * Whom the code signs in; it is used up by that. Case, dashes and blanks do not matter.
   * @throws SignInError `code-unknown`, `code-used`, `code-expired`
   */
  redeem(text: string): UserId {
    this.#keepAtMost(this.#options.max);
    const found = this.#issued.get(this.#hash(text.toUpperCase().replace(/[^A-Z0-9]/g, "")));
    if (!found) throw new SignInError("code-unknown");
    if (found.used) throw new SignInError("code-used");
    if (this.#age(found) > this.#options.life) throw new SignInError("code-expired");
    found.used = true;
    return found.user;
  }

  #keepAtMost(count: number): void {
    for (const [hash, issued] of this.#issued) {
      if (this.#issued.size <= count && this.#age(issued) <= this.#options.memory) return;
      this.#issued.delete(hash);
    }
  }

  #age({ at }: Issued): number {
    return this.#clock.now() - at;
  }

  #hash(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
