import type { GroupInfo, MessageInfo } from "../message-values.ts";
import type { BrowserInfo, PeerInfo, SavedContact } from "../values.ts";

/** What an API key lets a server do, all within one domain. */
export const apiRights = ["tokens", "accounts", "contacts", "sessions", "messages", "groups", "calls"] as const;
export type ApiRight = (typeof apiRights)[number];

/** A token that opens sessions of a user. */
export interface GivenToken {
  readonly token: string;
  /** `name@domain`. */
  readonly user: string;
  /** Milliseconds. */
  readonly expiresInMs: number;
}

/** An account, without what proves it. */
export interface AccountInfo {
  /** `name@domain`. */
  readonly user: string;
  readonly name?: string;
  readonly role: "user" | "support" | "operator";
  /** Telephone numbers that are the user's, the one to be shown first. */
  readonly numbers: readonly string[];
  /** Somebody can sign in on the page with a password. */
  readonly password: boolean;
  /** Softphones can register. */
  readonly softphones: boolean;
}

export interface AccountList {
  /** By name. */
  readonly accounts: readonly AccountInfo[];
  /** There are others after these. */
  readonly more: boolean;
}

/** A user's own address book. */
export interface ContactList {
  readonly contacts: readonly SavedContact[];
}

/** A signed-in page. */
export interface SessionState {
  readonly sessionId: string;
  /** `name@domain`. */
  readonly user: string;
  readonly name?: string;
  /** What an application key made. */
  readonly guest?: true;
  /** False while it waits for its page to come back. */
  readonly present: boolean;
  /** Calls that ring or stand on the page. */
  readonly calls: number;
  /** When its token expires: milliseconds since the epoch. */
  readonly expiresAt?: number;
  readonly browser?: BrowserInfo;
}

export interface SessionList {
  readonly sessions: readonly SessionState[];
}

/** A call that is not over. */
export interface OpenCall {
  readonly reference: string;
  readonly state: "ringing" | "connected";
  readonly from: PeerInfo;
  readonly to: PeerInfo;
  /** When it started: milliseconds since the epoch. */
  readonly at: number;
}

export interface OpenCallList {
  /** Oldest first. */
  readonly calls: readonly OpenCall[];
}

/** What operations answer with, by name. */
export interface RestAnswers {
  GivenToken: GivenToken;
  AccountInfo: AccountInfo;
  AccountList: AccountList;
  SavedContact: SavedContact;
  ContactList: ContactList;
  SessionList: SessionList;
  MessageInfo: MessageInfo;
  GroupInfo: GroupInfo;
  OpenCallList: OpenCallList;
}
