import type { EndedBy, EndReason, RefusalCode } from "./causes.ts";
import type { CallRecordInfo, ContactInfo, Description, LineInfo, PeerInfo, SavedContact } from "./values.ts";

/** Answers carry `re`, the id of their request. */
export type Answer =
  | {
      type: "session.opened";
      re: string;
      sessionId: string;
      user: string;
      name?: string;
      /** Milliseconds until the token expires; absent for a development sign-in. */
      expiresInMs?: number;
      /** Absent for a plain user. */
      role?: "support" | "operator";
      /** What an application key made. */
      guest?: true;
    }
  | { type: "call.started"; re: string; callId: string; reference: string; peer: PeerInfo }
  | { type: "history"; re: string; records: readonly CallRecordInfo[]; more: boolean }
  | { type: "line"; re: string; line: LineInfo }
  | { type: "ok"; re: string }
  | { type: "pong"; re: string }
  | Refusal;

/** `text` says what happened and what to do, in English, for a developer or as a fallback. */
export interface Refusal {
  type: "refused";
  /** Absent when the frame could not be read far enough to know its id. */
  re?: string;
  code: RefusalCode;
  text: string;
  retryAfterMs?: number;
}

/** Events are numbered by `seq`, from 1, without gaps. */
export type ServerEvent =
  | { type: "session.expiring"; inMs: number }
  | { type: "session.closed"; reason: "closed" | "token-expired" | "replaced" | "server-stopping" | "bad-frames" }
  /** The user's own address book, whole: after sign-in and after each change. */
  | { type: "contacts.saved"; contacts: readonly SavedContact[] }
  /** A call of the user is over: newest entry of the list. */
  | { type: "history.added"; record: CallRecordInfo }
  /** Another page took these out of the list; without references all. */
  | { type: "history.forgotten"; references?: readonly string[] }
  /** Everybody of the domain, and who can be called now; replaces the earlier list. */
  | { type: "presence.contacts"; contacts: readonly ContactInfo[] }
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
  | CallEnded;

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

export type Numbered<Event> = Event & { seq: number };
export type ServerFrame = Answer | Numbered<ServerEvent>;
export type ServerFrameType = ServerFrame["type"];
export type ServerFrameOf<T extends ServerFrameType> = Extract<ServerFrame, { type: T }>;
