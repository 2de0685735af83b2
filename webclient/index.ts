export { connect, type ConnectOptions } from "./connect.ts";
export type { PresenceOptions } from "./wishes.ts";
export { Session, Session as ApiRTCSession, type SessionEvents, type SessionView } from "./session.ts";
export { Calls, Calls as ApiRTCWebRTCClient, type CallsEvents, type CallsView } from "./calls.ts";
export { Call, type CallEvents, type CallView } from "./call.ts";
export type { CallEnd, EndReason } from "./call-end.ts";
export type { CallOptions } from "./call-options.ts";
export type { CallState } from "./call-state.ts";
export { Presence, type ContactsChange, type PresenceStatus, type PresenceView } from "./presence.ts";
export { Devices, type DevicesEvents, type DevicesView } from "./devices.ts";
export { ClientError, type ErrorCode, type ErrorDetail, type Retry } from "./client-error.ts";
export { addressOf, readTarget } from "./target.ts";
export { Contacts, type SavedContact } from "./contacts.ts";
export {
  Messages,
  Messages as ApiRTCIMClient,
  type MessagesEvents,
  type MessagesView,
  type Recipient,
  type SendOptions,
} from "./messages.ts";
export type {
  Attachment,
  Conversation,
  ConversationView,
  FoundMessage,
  FoundMessages,
  FoundPlace,
  Group,
  Message,
  MessagePage,
  Receipt,
  SearchPage,
} from "./message.ts";
export type { Progress } from "./uploads.ts";
export { Data, Data as ApiRTCDataClient, type DataEvents } from "./data.ts";
export type { Quality } from "./quality.ts";
export type { CallRecord, Page } from "./recents.ts";
export type { LineInfo } from "../gateway/protocol/values.ts";
export type { Contact, Peer, Target } from "./peer.ts";
export type { Chosen } from "./sound.ts";
export { LiveObject, type Live } from "./live.ts";
export type { Channel } from "./channel.ts";
export type { Json } from "../gateway/base/json.ts";
export type { Meter, Platform, Player } from "./platform.ts";
export { browserPlatform } from "./browser-platform.ts";
