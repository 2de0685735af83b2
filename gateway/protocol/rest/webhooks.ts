import type { EndReason } from "../causes.ts";
import type { Conversation } from "../message-values.ts";
import type { ContactInfo, PeerInfo } from "../values.ts";

/** What a webhook can be told. */
export const webhookEvents = [
  "call.started",
  "call.answered",
  "call.ended",
  "message.kept",
  "session.began",
  "session.ended",
  "presence.changed",
  "phone.called",
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** A call, by the reference that people are shown. */
export interface CallFact {
  readonly reference: string;
  readonly from: PeerInfo;
  readonly to: PeerInfo;
}

export interface CallEndedFact extends CallFact {
  readonly by: "caller" | "callee" | "system";
  readonly reason: EndReason;
  readonly text: string;
  /** SIP status, when one was the cause. */
  readonly sip?: number;
  /** From answer to end, in milliseconds; 0 when it was never answered. */
  readonly durationMs: number;
}

export interface MessageFact {
  readonly messageId: string;
  /** `name@domain`. */
  readonly from: string;
  readonly to: Conversation;
  /** Its place in the conversation, from 1, rising. */
  readonly number: number;
  readonly text: string;
}

export interface SessionFact {
  readonly sessionId: string;
  /** `name@domain`. */
  readonly user: string;
  /** What an application key made. */
  readonly guest?: true;
}

/** A call for somebody with a softphone that may sleep. */
export interface PhoneCalledFact extends CallFact {
  /** Whose phone it is: `name@domain`. */
  readonly user: string;
  /** `pn-provider` of its registration (RFC 8599), such as `apns` or `fcm`. */
  readonly provider: string;
  /** `pn-prid`: names the device at the provider. */
  readonly prid: string;
  /** `pn-param`: what else the provider wants. */
  readonly param?: string;
}

/** What each event says. */
export interface WebhookData {
  "call.started": CallFact;
  /** Its first answer, by a page or a softphone. */
  "call.answered": CallFact;
  "call.ended": CallEndedFact;
  "message.kept": MessageFact;
  "session.began": SessionFact;
  "session.ended": SessionFact;
  /** Somebody as others see them; told while somebody of the domain has a page open. */
  "presence.changed": ContactInfo;
  /** One for each of the user's registrations with push parameters: whoever is told wakes it. */
  "phone.called": PhoneCalledFact;
}

/** The body of a webhook: a CloudEvent 1.0 in JSON. */
export interface CloudEvent<Event extends WebhookEvent = WebhookEvent> {
  readonly specversion: "1.0";
  /** The same when it is sent again; also the header `webhook-id`. */
  readonly id: string;
  /** `urn:offhook:DOMAIN`. */
  readonly source: string;
  readonly type: Event;
  /** What it is about: a call's reference, a user, a message, a session. */
  readonly subject: string;
  /** When it happened (RFC 3339). */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: WebhookData[Event];
}
