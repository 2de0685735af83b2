import type { Account, Accounts } from "../directory/accounts.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { Lockout } from "./lockout.ts";
import type { OneTimeCodes } from "./one-time-codes.ts";
import type { OwnTokens } from "./own-tokens.ts";
import type { PasswordCheck } from "./password.ts";
import type { Role } from "./role.ts";
import { SignInError } from "./sign-in-error.ts";
import type { SignIns } from "./sign-ins.ts";

export interface SignInDeskParts {
  readonly accounts: Accounts;
  /** The domain of names that come without one. */
  readonly domain: string;
  readonly passwords: PasswordCheck;
  readonly codes: OneTimeCodes;
  readonly lockout: Lockout;
  readonly signIns: SignIns;
  readonly tokens: OwnTokens;
}

/** Somebody who is signed in, with a fresh token. */
export interface Admission {
  /** `name@domain` */
  readonly user: string;
  readonly name: string;
  readonly role: Role;
  readonly token: string;
  readonly expiresInMs: number;
}

/** An admission, and the secret that the browser's cookie keeps. */
export interface SignedIn {
  readonly admission: Admission;
  readonly secret: string;
}

/** Signs browsers in by password or one-time code, gives them tokens, and signs them out. */
export class SignInDesk {
  readonly #parts: SignInDeskParts;

  constructor(parts: SignInDeskParts) {
    this.#parts = parts;
  }

  /** How long a browser should keep its cookie: milliseconds. */
  get cookieLife(): number {
    return this.#parts.signIns.life;
  }

  /** `address`: where the try comes from. @throws SignInError `wrong-password`, `locked`, `busy` */
  async byPassword(text: string, password: string, address: string): Promise<SignedIn> {
    const { lockout, domain } = this.#parts;
    const user = parseUserId(text.includes("@") ? text : `${text}@${domain}`);
    const attempt = lockout.try(address, user ? printUserId(user) : undefined);
    const account = await this.#matching(user, password).catch((fault: unknown) => {
      attempt.undo();
      throw fault;
    });
    if (!account) throw new SignInError("wrong-password");
    attempt.right();
    return this.#signedIn(account);
  }

  /** @throws SignInError `code-unknown`, `code-used`, `code-expired`, `locked` */
  async byCode(code: string, address: string): Promise<SignedIn> {
    const attempt = this.#parts.lockout.try(address);
    const user = this.#parts.codes.redeem(code);
    attempt.right();
    return this.admit(user);
  }

  /** Signs in somebody who was proven elsewhere. @throws SignInError `not-invited` */
  async admit(user: UserId): Promise<SignedIn> {
    const account = await this.#parts.accounts.find(user);
    if (!account) throw new SignInError("not-invited");
    return this.#signedIn(account);
  }

  /** A fresh token for a cookie. @throws SignInError `signed-out` */
  async renew(secret: string | undefined): Promise<Admission> {
    const account = await this.who(secret);
    if (!account) throw new SignInError("signed-out");
    return this.#admission(account);
  }

  /** Whose cookie it is; nobody's when the account has gone since. */
  async who(secret: string | undefined): Promise<Account | undefined> {
    const user = secret === undefined ? undefined : this.#parts.signIns.use(secret);
    return user && this.#parts.accounts.find(user);
  }

  signOut(secret: string | undefined): void {
    if (secret !== undefined) this.#parts.signIns.close(secret);
  }

  /** The account that has this password. One that does not exist costs as much time as one that does. */
  async #matching(user: UserId | undefined, password: string): Promise<Account | undefined> {
    const account = user && (await this.#parts.accounts.find(user));
    const matches = await this.#parts.passwords.matches(password, account?.password);
    return matches ? account : undefined;
  }

  async #signedIn(account: Account): Promise<SignedIn> {
    const admission = await this.#admission(account);
    return { admission, secret: this.#parts.signIns.open(account.id) };
  }

  async #admission({ id, name = id.name, role = "user" }: Account): Promise<Admission> {
    const { tokens } = this.#parts;
    const token = await tokens.issue({ user: id, name, role });
    return { user: printUserId(id), name, role, token, expiresInMs: tokens.life };
  }
}
