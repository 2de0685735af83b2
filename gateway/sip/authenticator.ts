import type { Account, Accounts } from "../directory/accounts.ts";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import type { AttemptGuard } from "./attempt-guard.ts";
import { digestAlgorithms, type DigestAlgorithm, type DigestCheck } from "./digest.ts";
import { authenticationLines } from "./headers.ts";
import type { InRequest } from "./link.ts";

/** REGISTER is challenged with 401, requests to others with 407 (RFC 3261 22.2, 22.3). */
type Role = "registrar" | "proxy";

const words = {
  registrar: { status: 401, challenge: "WWW-Authenticate", credentials: "authorization" },
  proxy: { status: 407, challenge: "Proxy-Authenticate", credentials: "proxy-authorization" },
} as const;

export interface AuthenticatorEvents {
  /** A wrong password or user name; told for metrics and the log, without either. */
  refused(address: string): void;
}

/** What a phone is challenged with, by its User-Agent: the softphone profile knows who fails on what. */
export type AlgorithmsFor = (userAgent: string) => readonly DigestAlgorithm[];

/**
 * Finds out which account sent a request. An unknown user gets byte for byte the treatment of a wrong password, so
 * that nobody learns who exists.
 */
export class Authenticator {
  readonly #accounts: Accounts;
  readonly #digest: DigestCheck;
  readonly #guard: AttemptGuard;
  readonly #events: AuthenticatorEvents;
  readonly #algorithmsFor: AlgorithmsFor;

  constructor(
    accounts: Accounts,
    digest: DigestCheck,
    guard: AttemptGuard,
    events: AuthenticatorEvents,
    algorithmsFor: AlgorithmsFor = () => digestAlgorithms,
  ) {
    this.#algorithmsFor = algorithmsFor;
    this.#accounts = accounts;
    this.#digest = digest;
    this.#guard = guard;
    this.#events = events;
  }

  /** The account, when the request proves it; undefined when the request has been answered instead. */
  async authenticate(request: InRequest, claimed: UserId, role: Role): Promise<Account | undefined> {
    const realm = claimed.domain;
    const value = this.#digest.read(request.header(words[role].credentials), realm);
    const account = await this.#accounts.find(claimed);
    // RFC 3261 22.4: the user name may be given with or without the domain.
    const named = value?.params.get("username") ?? "";
    const same = named === claimed.name || parseUserId(named)?.name === claimed.name;
    const verdict = this.#digest.verify(value, request.method, same ? account?.sip : undefined);
    if (verdict === "accepted") return account;
    if (verdict === "wrong") {
      this.#events.refused(request.source.address);
      await this.#guard.wrong(request.source.address);
      await request.respond({ status: 403 });
    } else {
      const challenges = this.#digest.challenges(
        realm,
        verdict === "stale",
        this.#algorithmsFor(request.header("user-agent") ?? ""),
      );
      await request.respond({
        status: words[role].status,
        headers: authenticationLines(words[role].challenge, challenges),
      });
    }
    return undefined;
  }
}
