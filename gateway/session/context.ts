import type { Logger } from "../base/log.ts";
import type { Party } from "../call/leg.ts";
import type { AddressBook } from "../directory/address-book.ts";
import type { History } from "../directory/history.ts";
import type { UserId } from "../directory/user-id.ts";
import type { Attachments } from "../messaging/attachments.ts";
import type { Data } from "../messaging/data.ts";
import type { Groups } from "../messaging/groups.ts";
import type { Messages } from "../messaging/messages.ts";
import type { Whiteboards } from "../messaging/whiteboards.ts";
import type { Presence } from "../presence/presence.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { CallRecordInfo, LineInfo, SavedContact } from "../protocol/values.ts";
import type { Pushes } from "../push/pushes.ts";
import type { CallMe } from "../switchboard/call-me.ts";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { BrowserLeg } from "./browser-leg.ts";
import type { Pace } from "./rate.ts";
import type { Identity } from "./token.ts";

/** What is kept for a user, for all of their pages. */
export interface People {
  readonly history: History<CallRecordInfo>;
  readonly book: AddressBook<SavedContact>;
  /** All open pages of a user, but for the session `except`. */
  tell(user: UserId, event: ServerEvent, except?: string): void;
}

/** What one user says to others. */
export interface Messaging {
  readonly messages: Messages;
  readonly attachments: Attachments;
  readonly groups: Groups;
  readonly data: Data;
  readonly whiteboards: Whiteboards;
}

/** What a handler sees that needs no page. */
export interface VerbContext {
  /** Who acts, among all that act for the user. */
  readonly id: string;
  readonly identity: Identity | undefined;
  /** The token has expired: standing calls stay, new ones are refused. */
  readonly expired: boolean;
  /** How often it may send messages, look for them, send data, and draw. */
  readonly pace: { readonly messages: Pace; readonly searches: Pace; readonly data: Pace; readonly boards: Pace };
  readonly parts: Messaging & { readonly people: People };
}

/** What a handler sees of its session. */
export interface SessionContext extends VerbContext {
  readonly pace: VerbContext["pace"] & { readonly starts: Pace };
  /** Who the page speaks for. */
  readonly party: Party;
  readonly parts: VerbContext["parts"] & {
    readonly switchboard: Switchboard;
    readonly callMe: CallMe;
    readonly log: Logger;
    readonly presence: Presence;
    /** What wakes browsers; absent when nothing does. */
    readonly pushes?: Pushes;
    /** Whether the telephone side can reach the user. */
    line(user: UserId): Promise<LineInfo>;
    /** @throws TokenError */
    verify(token: string): Promise<Identity>;
  };
  /** It has ended: nothing that it begins now would be ended with it. */
  readonly over: boolean;
  /** Tells the page. */
  event(event: ServerEvent): void;
  leg(callId: string): BrowserLeg | undefined;
  newLeg(): BrowserLeg;
  /** Frames with the leg's call id go to it from now on. */
  offered(leg: BrowserLeg): void;
  /** The page has all events up to `seq`. */
  acknowledge(seq: number): void;
  /** Sets identity and expiry. */
  identify(identity: Identity): void;
}
