import { Type, type Static } from "@sinclair/typebox";
import * as messages from "./message-frames.ts";
import * as presence from "./presence-frames.ts";
import * as push from "./push-frames.ts";
import { request } from "./request.ts";
import {
  BrowserInfo,
  CallId,
  Description,
  PresenceGroup,
  PresenceNote,
  PresenceStatus,
  SavedContact,
  Target,
  Text,
} from "./values.ts";
import { limits } from "./version.ts";
import * as whiteboard from "./whiteboard-frames.ts";

/** Who signs in. `token` is a JWT; `user` is the development sign-in (loopback, no secret configured). */
const credentials = {
  token: Type.Optional(Type.String({ minLength: 1, maxLength: limits.token })),
  user: Type.Optional(Type.String({ minLength: 1, maxLength: limits.address })),
  /** Public key of a "call us" button: makes a guest; counts only from the origins that it is bound to. */
  appKey: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" })),
};

/** First frame of a connection. */
export const SessionOpen = request("session.open", {
  ...credentials,
  displayName: Type.Optional(Text(limits.displayName)),
  browser: Type.Optional(BrowserInfo),
  /** One page instance: a reload keeps it, a duplicated tab gets a new one. */
  instance: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" })),
  /** Presence groups that it joins and watches from the start; each by itself `default` when absent. Not for guests. */
  groups: Type.Optional(Type.Array(PresenceGroup, { maxItems: limits.groups })),
  watch: Type.Optional(Type.Array(PresenceGroup, { maxItems: limits.groups })),
  /** As in `presence.status` and `presence.data`. */
  status: Type.Optional(PresenceStatus),
  note: Type.Optional(PresenceNote),
  userData: Type.Optional(Type.Unknown()),
});

/**
 * First frame of a connection that goes on with a session, signed in by the same subject. Another connection that the
 * session still has is closed. Answered by `session.resumed`; `unknown-session` means that a new one must be opened.
 */
export const SessionResume = request("session.resume", {
  ...credentials,
  sessionId: Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" }),
  /** The last event that came: those after it are sent again. */
  seq: Type.Integer({ minimum: 0 }),
  /** Requests without an answer: those that were done are answered again first; the others are to be sent again. */
  asked: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 256 })),
  /** The page was loaded anew: what it knew is told again. Its calls end, unless it `renews` them. */
  reload: Type.Optional(Type.Boolean()),
  /** It goes on with those of its calls that were answered, each by `call.renew`. */
  renews: Type.Optional(Type.Boolean()),
});

/** A fresh token of the same subject, before the old one expires. */
export const SessionRenew = request("session.renew", { token: Type.String({ minLength: 1, maxLength: limits.token }) });

export const SessionClose = request("session.close", {});

/** `seq` is the last event that came: the gateway keeps those up to it no longer. */
export const Ping = request("ping", { seq: Type.Optional(Type.Integer({ minimum: 0 })) });

/** Calls `target`. Answered by `call.started`, then events. */
export const CallStart = request("call.start", {
  target: Target,
  description: Description,
  data: Type.Optional(Type.Unknown()),
});

/** Answers an offered call: with an answer, or with an offer when `call.incoming` came without one. */
export const CallAnswer = request("call.answer", { callId: CallId, description: Description });

export const CallReject = request("call.reject", {
  callId: CallId,
  reason: Type.Optional(Type.Union([Type.Literal("busy"), Type.Literal("declined")])),
});

export const CallEnd = request("call.end", { callId: CallId });

/** Accepted and ignored on anchored calls: the relay needs no candidate of the browser. */
export const CallCandidate = request("call.candidate", {
  callId: CallId,
  candidate: Type.Optional(Type.Unknown()),
});

/** Digits 0-9 * # A-D, sent as RFC 4733 events one after another; `,` waits a second. */
export const CallDtmf = request("call.dtmf", {
  callId: CallId,
  digits: Type.String({ minLength: 1, maxLength: limits.digits, pattern: "^[0-9*#A-D,]+$" }),
});

/** The answer to the server's `call.update`; an offer when that came without one. */
export const CallUpdate = request("call.update", { callId: CallId, description: Description });

/**
 * The page has another peer connection for the call: `description` is the first offer of that one, with a fingerprint
 * and ICE credentials of its own. The far end is told nothing. Answered by `call.renewed`.
 */
export const CallRenew = request("call.renew", { callId: CallId, description: Description });

/**
 * What a page saw of its call's media: for the call's journal. Never needed for the call itself; more than
 * `limits.reports` a call are ignored.
 */
export const CallReport = request("call.report", {
  callId: CallId,
  /** A client error code, such as `ice-failed`, with its detail. */
  problem: Type.Optional(
    Type.Object({ code: Text(limits.word), detail: Type.Optional(Text(limits.word)) }, { additionalProperties: false }),
  ),
  /** The chosen pair of candidates, `type address:port` each; addresses as the browser shows them. */
  pair: Type.Optional(
    Type.Object(
      { local: Text(limits.address), remote: Text(limits.address), protocol: Text(limits.word) },
      { additionalProperties: false },
    ),
  ),
  quality: Type.Optional(
    Type.Object(
      {
        mos: Type.Number({ minimum: 1, maximum: 5 }),
        /** Share of packets, 0 to 1. */
        loss: Type.Number({ minimum: 0, maximum: 1 }),
        jitterMs: Type.Number({ minimum: 0, maximum: 100_000 }),
        rttMs: Type.Number({ minimum: 0, maximum: 100_000 }),
        sent: Type.Integer({ minimum: 0 }),
        received: Type.Integer({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
  ),
});

/** Rings `number` first, and joins it to `target` when somebody answers there. Answered by `call.started`. */
export const CallMe = request("call.me", { number: Text(limits.address), target: Target });

/** The user's last calls, newest first; `before` is the reference of the last one seen. Answered by `history`. */
export const HistoryList = request("history.list", {
  before: Type.Optional(Text(limits.word)),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});

/** Takes calls out of the user's own list; without references all of them. The operator's records stay. */
export const HistoryForget = request("history.forget", {
  references: Type.Optional(Type.Array(Text(limits.word), { maxItems: 100 })),
});

/** The user's own address book: the whole of one contact, new or changed. Answered by `ok`, told to all pages. */
export const ContactPut = request("contact.put", { contact: SavedContact });

export const ContactRemove = request("contact.remove", { contactId: Text(limits.word) });

/** Where and whether the user's telephone line works. Answered by `line`. */
export const LineShow = request("line.show", {});

export const ClientFrame = Type.Union([
  SessionOpen,
  SessionResume,
  SessionRenew,
  SessionClose,
  Ping,
  CallStart,
  CallAnswer,
  CallReject,
  CallEnd,
  CallCandidate,
  CallDtmf,
  CallUpdate,
  CallRenew,
  CallReport,
  CallMe,
  HistoryList,
  HistoryForget,
  ContactPut,
  ContactRemove,
  LineShow,
  ...messages.all,
  ...presence.all,
  ...push.all,
  ...whiteboard.all,
]);
export type ClientFrame = Static<typeof ClientFrame>;
export type ClientFrameType = ClientFrame["type"];
export type ClientFrameOf<T extends ClientFrameType> = Extract<ClientFrame, { type: T }>;
