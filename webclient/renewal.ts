import type { Clock, Timer } from "../gateway/base/clock.ts";
import { asClientError, type ClientError } from "./client-error.ts";

/** A function is asked again for each new connection and before expiry. */
export type TokenSource = string | (() => Promise<string>);

/**
 * A token is replaced when this much of its life is left, but not before four fifths have passed: however short tokens
 * live, there are at most a few a lifetime. After the first, the gateway says when the time has come.
 */
const renewBeforeMs = 60_000;
const renewalMs = (expiresInMs: number): number => Math.max(expiresInMs - renewBeforeMs, expiresInMs * 0.8);

/** Replaces the token of a session before it expires, when the application gave a function for that. */
export class Renewal {
  readonly #clock: Clock;
  readonly #source: TokenSource | undefined;
  readonly #acts: { renew(token: string): Promise<void>; problem(why: ClientError): void };
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    source: TokenSource | undefined,
    acts: { renew(token: string): Promise<void>; problem(why: ClientError): void },
  ) {
    this.#clock = clock;
    this.#source = source;
    this.#acts = acts;
  }

  /** The token expires in so many milliseconds; absent, never. */
  in(expiresInMs: number | undefined): void {
    this.cancel();
    if (expiresInMs === undefined || typeof this.#source !== "function") return;
    this.#timer = this.#clock.after(renewalMs(expiresInMs), () => void this.#renew());
  }

  cancel(): void {
    this.#timer?.cancel();
  }

  async #renew(): Promise<void> {
    if (typeof this.#source !== "function") return;
    this.cancel();
    try {
      await this.#acts.renew(await this.#source());
    } catch (thrown) {
      this.#acts.problem(asClientError(thrown, "token-expired"));
    }
  }
}
