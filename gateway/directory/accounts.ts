import { isRecord } from "../base/json.ts";
import type { UserId } from "./user-id.ts";

/** H(user:realm:password) (RFC 7616 3.4.2) for each digest algorithm; the password itself is not kept. */
export type PasswordHashes = Readonly<Record<"MD5" | "SHA-256", string>>;

/** What somebody may see beyond their own calls: support reads call stories, an operator also changes things. */
export type Role = "user" | "support" | "operator";

export interface Account {
  readonly id: UserId;
  /** Display name. */
  readonly name?: string;
  /** For the page, as `identity/password` writes it; without it nobody signs in with a password. */
  readonly password?: string;
  /** Default `user`. */
  readonly role?: Role;
  /** Its pages may answer calls without asking anybody. */
  readonly autoAnswer?: boolean;
  /** Telephone numbers that are this user's, the one to be shown as first. */
  readonly numbers?: readonly string[];
  /** For softphones; without it none can register. */
  readonly sip?: PasswordHashes;
  /** What its softphones speak (default `rtp`). */
  readonly media?: "rtp" | "srtp";
}

/** What was kept as an account is one as far as its name says. */
export const isAccount = (value: unknown): value is Account =>
  isRecord(value) && isRecord(value.id) && typeof value.id.name === "string" && typeof value.id.domain === "string";

/** Who exists. A supplier may ask another program, so that every answer can fail and takes its time. */
export interface Accounts {
  find(id: UserId): Promise<Account | undefined>;
  /** Adds somebody whom a sign-in provider vouches for; false when the supplier takes nobody in. */
  add(account: Account): Promise<boolean>;
  /** Takes somebody out; false when there is nobody of that name, or the supplier lets nobody go. */
  remove(id: UserId): Promise<boolean>;
  /** All of one domain. */
  list(domain: string): Promise<readonly Account[]>;
  /** True when the domain is ours. */
  hosts(domain: string): boolean;
}
