import type { ServerFrame } from "../protocol/server-frame.ts";

/**
 * How a page's connection ended: by a goodbye, since the page was closed, reloaded or put aside; or without a word,
 * since a network failed or a browser died.
 */
export type Departure = "left" | "lost";

/** The connection of a session, as the edge supplies it. */
export interface SessionSocket {
  /** Peer, Host and Origin are all of this machine: a development sign-in is possible. */
  readonly local: boolean;
  readonly address: string;
  readonly transport: "websocket" | "polling";
  /** The page's origin (RFC 6454 7), as the browser says it; absent when no browser connects. */
  readonly origin?: string;
  /** The origin is none of ours: it may use its application key, and sign in by nothing else. */
  readonly guestsOnly: boolean;
  /** `text`: the frame as JSON, where it is known already. */
  send(frame: ServerFrame, text?: string): void;
  /** RFC 6455 7.4 close code and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
}

/** Close code of a connection that another one of the same session has replaced (RFC 6455 7.4.2). */
export const replacedCode = 4409;
/** RFC 6455 7.4.1: the server goes, the page comes back. */
export const restartCode = 1012;
