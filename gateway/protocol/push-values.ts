import type { Conversation } from "./message-values.ts";
import type { PeerInfo } from "./values.ts";

/** Languages in which a page's service worker can speak. */
export const pushLanguages = ["en", "fr"] as const;
export type PushLanguage = (typeof pushLanguages)[number];

/**
 * What a browser is woken with: the JSON text of a push message (RFC 8030), which only the page's service worker can
 * read (RFC 8291).
 */
export type PushNote = { readonly language?: PushLanguage } & (
  | {
      readonly type: "call";
      readonly callId: string;
      readonly from: PeerInfo;
      /** Milliseconds since the epoch. */
      readonly at: number;
      /** For so many milliseconds the call waits for a page. */
      readonly waitMs: number;
      /** A path of this gateway: a POST to it declines the call, once. */
      readonly decline: string;
    }
  /** The call of that id rings no more. `missed`: nobody answered it. */
  | { readonly type: "call-over"; readonly callId: string; readonly from: PeerInfo; readonly missed: boolean }
  | {
      readonly type: "message";
      readonly of: Conversation;
      readonly number: number;
      readonly from: PeerInfo;
      /** The group's name. */
      readonly group?: string;
      /** Shortened; absent where contents are not to be shown. */
      readonly text?: string;
      /** How many files came with it; absent as `text`. */
      readonly files?: number;
    }
);
