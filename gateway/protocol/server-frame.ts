import type { EndedBy, EndReason, RefusalCode } from "./causes.ts";
import type {
  Conversation,
  ConversationInfo,
  FoundMessageInfo,
  FoundPlaceInfo,
  GroupInfo,
  MessageInfo,
} from "./message-values.ts";
import type { CallRecordInfo, ContactInfo, Description, LineInfo, PeerInfo, SavedContact, Target } from "./values.ts";
import type { Background, BoardElement, BoardInfo, BoardSeat, Draft, Point } from "./whiteboard-values.ts";

/** Who signed in, and for how long. */
export interface SessionInfo {
  sessionId: string;
  user: string;
  name?: string;
  /** Milliseconds until the token expires; absent for a development sign-in. */
  expiresInMs?: number;
  /** Absent for a plain user. */
  role?: "support" | "operator";
  /** The account allows its pages to answer calls without asking anybody. */
  autoAnswer?: true;
  /** What an application key made. */
  guest?: true;
  /** How long a page that lost its connection may `session.resume`, in milliseconds; absent: not at all. */
  graceMs?: number;
}

/** Answers carry `re`, the id of their request. */
export type Answer =
  | ({ type: "session.opened"; re: string } & SessionInfo)
  /** Before it come the answers that were asked for, after it what was missed. */
  | ({
      type: "session.resumed";
      re: string;
      /** Number of the newest kept event. */
      lastSeq: number;
      /** The page's calls that are not over, but for those that will be offered again. */
      calls: readonly string[];
      /** To a page that was loaded anew and `renews`: those of them that were answered. */
      standing?: readonly StandingCall[];
      /** More was missed than is kept: nothing of it follows, and what the page knows may be out of date. */
      resync?: true;
    } & SessionInfo)
  | { type: "call.started"; re: string; callId: string; reference: string; peer: PeerInfo }
  /** The answer to the page's new offer. */
  | { type: "call.renewed"; re: string; description: Description }
  | { type: "history"; re: string; records: readonly CallRecordInfo[]; more: boolean }
  | { type: "line"; re: string; line: LineInfo }
  /** `key`: what the browser subscribes with (RFC 8292 3.2, `applicationServerKey`), base64url. */
  | { type: "push"; re: string; key: string }
  /** The message is kept: it will reach who it is for. */
  | { type: "message.accepted"; re: string; message: MessageInfo }
  /** It cannot be kept just now, and waits: `message.received` says when it is kept, `message.refused` that it never is. */
  | { type: "message.pending"; re: string; of: Conversation; messageId: string }
  /** `upload` is a path of this gateway; it holds for so many milliseconds. */
  | { type: "file.offered"; re: string; fileId: string; upload: string; expiresInMs: number }
  /** `url` is a path of this gateway, or an address; it holds for so many milliseconds. */
  | { type: "file.linked"; re: string; url: string; expiresInMs: number }
  | { type: "messages"; re: string; messages: readonly MessageInfo[]; more: boolean }
  /** `next`: there may be older ones, which `message.search` finds `before` it. */
  | { type: "message.found"; re: string; found: readonly FoundMessageInfo[]; next?: FoundPlaceInfo }
  | { type: "group.created"; re: string; group: GroupInfo }
  | { type: "board.created"; re: string; board: BoardInfo }
  | { type: "boards"; re: string; boards: readonly BoardInfo[] }
  /** `seat` is this page's own in `board.here`, which came before. */
  | { type: "board.opened"; re: string; board: BoardInfo; seat: number }
  /** What became different up to change `number`; there is more to read while that is not `latest`. */
  | ({
      type: "board.part";
      re: string;
      latest: number;
      /** What the page knew of the board before counts no longer. */
      whole: boolean;
    } & BoardChange)
  /** The change is kept, as the one with that number. */
  | { type: "board.accepted"; re: string; number: number }
  | { type: "ok"; re: string }
  | { type: "pong"; re: string }
  | Refusal;

/** A call that goes on although its page was loaded anew. */
export interface StandingCall {
  callId: string;
  reference: string;
  direction: "in" | "out";
  peer: PeerInfo;
  /** Since it was answered. */
  talkedMs: number;
  /** The far end has put the page on hold. */
  remoteHold: boolean;
  /** False when its sound is on a telephone (`call.me`): there is nothing to renew. */
  media: boolean;
  /** As in `call.incoming`. */
  data?: unknown;
}

/** `text` says what happened and what to do, in English, for a developer or as a fallback. */
export interface Refusal {
  type: "refused";
  /** Absent when the frame could not be read far enough to know its id. */
  re?: string;
  code: RefusalCode;
  text: string;
  retryAfterMs?: number;
}

/** Kept events are numbered by `seq`, from 1, without gaps, until the page's `ping` acknowledges them. */
export type ServerEvent =
  | { type: "session.expiring"; inMs: number }
  | { type: "session.closed"; reason: "closed" | "token-expired" | "replaced" | "server-stopping" | "bad-frames" }
  /** The user's own address book, whole: after sign-in and after each change. */
  | { type: "contacts.saved"; contacts: readonly SavedContact[] }
  /** A call of the user is over: newest entry of the list. */
  | { type: "history.added"; record: CallRecordInfo }
  /** Another page took these out of the list; without references all. */
  | { type: "history.forgotten"; references?: readonly string[] }
  /** All who are seen in a watched group, in `parts` frames counted from 1; replaces what was known of the group. */
  | { type: "presence.snapshot"; group: string; part: number; parts: number; contacts: readonly ContactInfo[] }
  /** What is different in a watched group from what was told before. Contacts of `changed` are whole. */
  | {
      type: "presence.changed";
      group: string;
      joined: readonly ContactInfo[];
      left: readonly Target[];
      changed: readonly ContactInfo[];
    }
  /** Without a description the caller offered late: `call.answer` then carries the offer. */
  | {
      type: "call.incoming";
      callId: string;
      reference: string;
      peer: PeerInfo;
      description?: Description;
      data?: unknown;
    }
  | { type: "call.ringing"; callId: string }
  /** Early media: what the network plays before the answer. */
  | { type: "call.early"; callId: string; description: Description }
  /** To the caller with the answer; to the callee, who described already, without one. */
  | { type: "call.answered"; callId: string; description?: Description }
  /** A new offer of the far side, an answer to ours, or without a description a request for an offer: by `call.update`. */
  | { type: "call.update"; callId: string; description?: Description }
  | { type: "call.hold"; callId: string; remote: boolean }
  | { type: "call.dtmf"; callId: string; digit: string; durationMs: number }
  | CallEnded
  | MessageEvent
  | BoardEvent;

/** Of messages and data. Those for a user come to all of the user's pages. */
export type MessageEvent =
  /** After sign-in: the user's conversations, the one with the newest message first. */
  | { type: "message.conversations"; conversations: readonly ConversationInfo[] }
  /** A new message; also one that another page of the user has sent, or this one when it was pending. */
  | { type: "message.received"; message: MessageInfo }
  /** A message of the user that was pending will not be kept. */
  | { type: "message.refused"; of: Conversation; messageId: string; code: RefusalCode; text: string }
  /** Edited or deleted. */
  | { type: "message.changed"; message: MessageInfo }
  /** All messages up to `number` have come that far with `by`; `messageId` is that of the last one. */
  | {
      type: "message.receipt";
      of: Conversation;
      by: PeerInfo;
      state: "delivered" | "read" | "failed";
      messageId: string;
      number: number;
    }
  /** The user has read up to `number`, here or elsewhere. */
  | { type: "message.unread"; of: Conversation; unread: number; number: number }
  | { type: "message.typing"; of: Conversation; from: PeerInfo }
  /** A group as it is now, to members and to who is invited. */
  | { type: "group.changed"; group: GroupInfo }
  /** The user is no member any more, and not invited. */
  | { type: "group.left"; groupId: string }
  /** `group`: it was for all of that group. */
  | { type: "data.received"; from: PeerInfo; group?: string; value: unknown };

/** What a change of a whiteboard, or several, came to. Elements replace those with the same ids. */
export interface BoardChange {
  number: number;
  put: readonly BoardElement[];
  remove: readonly string[];
  background?: Background;
}

/** What a whiteboard shows for a moment. Absent: as before. */
export interface Shown {
  /** Null: the pointer has left. */
  cursor?: Point | null;
  /** Null: it was given up. An element that was drawn to its end comes by `board.drawn`. */
  draft?: Draft | null;
  laser?: readonly Point[];
}

/** Of whiteboards. The first two come to all pages of a user, the others to those that have the board open. */
export type BoardEvent =
  /** A board as it is now, to members and to who is invited. */
  | { type: "board.changed"; board: BoardInfo }
  /** The user is no member any more, and not invited; or the board is deleted. */
  | { type: "board.left"; boardId: string }
  /** Changes of one board come in order, numbered without gaps; to the page that made them too. */
  | ({ type: "board.drawn"; boardId: string; drawId: string; by: string } & BoardChange)
  /** Which pages have the board open: after each `board.open`, and when one has closed it. */
  | { type: "board.here"; boardId: string; here: readonly BoardSeat[] }
  | ({ type: "board.shown"; boardId: string; seat: number } & Shown);

export interface CallEnded {
  type: "call.ended";
  callId: string;
  by: EndedBy;
  reason: EndReason;
  text: string;
  sip?: number;
  q850?: number;
  reference: string;
  /** From answer to end; 0 when it was never answered. */
  durationMs: number;
}

/** Events that count only now: they carry no `seq`, and a page without a connection never sees them. */
export const passingTypes = [
  "session.expiring",
  "session.closed",
  "message.typing",
  "board.here",
  "board.shown",
] as const satisfies readonly ServerEvent["type"][];
export type PassingEvent = Extract<ServerEvent, { type: (typeof passingTypes)[number] }>;
export type KeptEvent = Exclude<ServerEvent, PassingEvent>;

export type Numbered<Event> = Event & { seq: number };
export type ServerFrame = Answer | PassingEvent | Numbered<KeptEvent>;
export type ServerFrameType = ServerFrame["type"];
export type ServerFrameOf<T extends ServerFrameType> = Extract<ServerFrame, { type: T }>;
