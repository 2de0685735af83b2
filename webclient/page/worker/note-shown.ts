import type { Conversation } from "../../../gateway/protocol/message-values.ts";
import type { PushLanguage, PushNote } from "../../../gateway/protocol/push-values.ts";
import type { PeerInfo } from "../../../gateway/protocol/values.ts";
import { noteWords } from "./note-words.ts";

/** What a notification carries, for when it is pressed. */
export interface NoteData {
  /** The call that it rings for. */
  readonly callId?: string;
  /** A path of the gateway: a POST to it declines the call. */
  readonly decline?: string;
  /** Where the page goes: `#/…`. */
  readonly place?: string;
}

/** A notification, as `showNotification` wants it. */
export interface NoteShown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly icon: string;
  readonly data: NoteData;
  readonly requireInteraction?: boolean;
  readonly renotify?: boolean;
  readonly silent?: boolean;
  readonly vibrate?: readonly number[];
  readonly actions?: readonly { readonly action: "answer" | "decline"; readonly title: string }[];
}

/** What a push asks for: notifications of these tags go, and this one comes. */
export interface NoteActs {
  readonly close: readonly string[];
  readonly show?: NoteShown;
}

const iconFile = "./icon-192.png";
/** As a telephone: a second on, a second off. */
const ringing = [1000, 1000, 1000, 1000, 1000];

/** The notification of a call has its id as tag, as the page's own has: one takes the other's place. */
export function noteActs(note: PushNote, otherwise: PushLanguage): NoteActs {
  const words = noteWords[note.language ?? otherwise];
  const name = nameOf(note.from);
  const address = addressOf(note.from);
  const body = name === address ? "" : address;
  switch (note.type) {
    case "call":
      return {
        close: [],
        show: {
          title: words.calling(name),
          body,
          tag: note.callId,
          icon: iconFile,
          data: { callId: note.callId, decline: note.decline },
          requireInteraction: true,
          renotify: true,
          vibrate: ringing,
          actions: [
            { action: "answer", title: words.answer },
            { action: "decline", title: words.decline },
          ],
        },
      };
    case "call-over":
      return { close: [note.callId], ...(note.missed && { show: missed(note.callId, words.missed(name), body) }) };
    case "message": {
      const { group, text, files = 0 } = note;
      const said = text || (files > 0 ? words.files(files) : words.message);
      return {
        close: [],
        show: {
          title: group ?? name,
          body: group === undefined ? said : words.said(name, said),
          tag: `message ${itemOf(note.of)}`,
          icon: iconFile,
          data: { place: `#/chats/${encodeURIComponent(itemOf(note.of))}` },
          renotify: true,
        },
      };
    }
  }
}

function missed(callId: string, title: string, body: string): NoteShown {
  return { title, body, tag: `missed ${callId}`, icon: iconFile, data: { place: "#/recents" }, silent: true };
}

function addressOf({ target }: PeerInfo): string {
  return "user" in target ? target.user : "tel" in target ? target.tel : target.sip;
}

const nameOf = (peer: PeerInfo): string => peer.name ?? peer.number ?? addressOf(peer);

/** As the page's address bar names a conversation. */
const itemOf = (of: Conversation): string => ("user" in of ? `user:${of.user}` : `group:${of.group}`);
