import { isIPv6 } from "node:net";
import type { Clock } from "../base/clock.ts";
import { Tally } from "../base/tally.ts";
import { SignInError } from "./sign-in-error.ts";

export interface LockoutOptions {
  /** Wrong tries within the window after which one address may not try that account any more. */
  readonly perAccount: number;
  /** The same for one address, whatever it tries. */
  readonly perAddress: number;
  /** Milliseconds. */
  readonly window: number;
  /** Accounts with their addresses, and addresses, that are remembered. */
  readonly maxKeys: number;
}

const defaults: LockoutOptions = { perAccount: 5, perAddress: 30, window: 300_000, maxKeys: 20_000 };

/** A try that counts as wrong until it is told otherwise. */
export interface Try {
  right(): void;
  /** It was not judged. */
  undo(): void;
}

/**
 * Stops whoever guesses. A try counts from its beginning, so that many at once gain nothing. Nobody can lock a user
 * out from elsewhere.
 */
export class Lockout {
  readonly #options: LockoutOptions;
  readonly #wrong: Tally;

  constructor(clock: Clock, options: LockoutOptions = defaults) {
    this.#options = options;
    this.#wrong = new Tally(clock, options);
  }

  /**
   * Counts a try of `address`, at `account` when it names one.
   * @throws SignInError `locked`
   */
  try(address: string, account?: string): Try {
    const { perAccount, perAddress } = this.#options;
    const from = prefixOf(address);
    const at = account === undefined ? undefined : `${from} ${account}`;
    const wait = Math.max(
      this.#wrong.waitMs(from, perAddress),
      at === undefined ? 0 : this.#wrong.waitMs(at, perAccount),
    );
    if (wait > 0) throw new SignInError("locked", { retryAfterMs: wait });
    this.#wrong.add(from, perAddress);
    if (at !== undefined) this.#wrong.add(at, perAccount);
    const keys = at === undefined ? [from] : [from, at];
    return {
      right: () => {
        this.#wrong.undo(from);
        if (at !== undefined) this.#wrong.forget(at);
      },
      undo: () => keys.forEach((key) => this.#wrong.undo(key)),
    };
  }
}

/** RFC 6177: a household has at least a /64 of IPv6, all of whose addresses are one to us. */
function prefixOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("%")[0]?.split("::") ?? [];
  const groups = head.split(":").filter(Boolean);
  const missing = 8 - groups.length - (tail?.split(":").filter(Boolean).length ?? 0);
  const whole =
    tail === undefined ? groups : [...groups, ...Array<string>(Math.max(missing, 0)).fill("0"), ...tail.split(":")];
  return whole.slice(0, 4).join(":");
}
