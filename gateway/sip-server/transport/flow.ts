import type { SipMessage } from "../../sip-syntax/message.ts";

import type { Networks } from "./networks.ts";

export type Protocol = "udp" | "tcp" | "tls" | "ws" | "wss";

/** How URIs and Via tell a transport, and what its default port is (RFC 3261 18, 19.1.2; RFC 7118 5). */
export const protocols: Readonly<Record<Protocol, { readonly port: number; readonly secure: boolean }>> = {
  udp: { port: 5060, secure: false },
  tcp: { port: 5060, secure: false },
  tls: { port: 5061, secure: true },
  ws: { port: 80, secure: false },
  wss: { port: 443, secure: true },
};

export function isProtocol(text: string | undefined): text is Protocol {
  return text !== undefined && Object.hasOwn(protocols, text);
}

export interface Endpoint {
  /** An IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A bound SIP address. */
export interface Listener extends Endpoint {
  readonly protocol: Protocol;
  /** What peers are told to use instead of `host` (NAT in front of us). */
  readonly externalHost?: string;
  /** Peers on our side of that NAT, who are told `host` all the same. */
  readonly localNetworks?: Networks;
}

/** Where a request can be sent: an address, and by which protocol. */
export interface Hop extends Endpoint {
  readonly protocol: Protocol;
  /** The name that the peer's certificate must prove (RFC 5922 7); without one, its address. */
  readonly name?: string;
}

/** A way to one peer: a UDP address pair, or one TCP or WebSocket connection. */
export interface Flow {
  /** The bound address it belongs to. */
  readonly listener: Listener;
  /** Where this peer is told to reach us: what Via and Contact show. */
  readonly address: Endpoint;
  readonly remote: Endpoint;
  /** False for UDP: then transactions repeat themselves (RFC 3261 17). */
  readonly reliable: boolean;
  readonly open: boolean;
  /** True while a connection is being made: what is sent waits for it. */
  readonly connecting?: boolean;
  /** Sends one message. `failed` is called at most once, never within this call. */
  send(bytes: Buffer, failed: () => void): void;
}

/** Seen from us. */
export type Direction = "in" | "out";

/** One message as it came. */
export interface Arrival {
  readonly message: SipMessage;
  readonly flow: Flow;
  /** Bytes on the wire. */
  readonly size: number;
  /** Why it must not be processed; a request is answered with that. */
  readonly flaw?: Flaw;
}

/** What is wrong with a message that can be answered all the same. */
export interface Flaw {
  readonly status: 400 | 505 | 513;
  readonly reason: string;
}

/** Why a message or a connection is turned away: its sender sends too much, there are too many, or it is a scanner. */
export type Refusal = "rate" | "connections" | "connections-of-one" | "scanner";

export interface TransportEvents {
  arrival: [Arrival];
  /** A message passes, as it stands on the wire; before `arrival`, and before it is sent. For whoever looks on. */
  passing: [direction: Direction, Flow, bytes: Buffer];
  /** A connection is gone; nothing can be sent on it any more. */
  closed: [Flow];
  /** Bytes that are no SIP message, or a handshake that failed; on a connection they cost it. */
  garbage: [Protocol];
  /** A message or connection from `host` was turned away. */
  refused: [why: Refusal, protocol: Protocol, host: string];
}

export interface TransportLimits {
  /** Bytes of one message on a stream or WebSocket. */
  readonly messageSize: number;
  /** Milliseconds until a half-received message costs the connection. */
  readonly halfMessageMs: number;
  /** Bytes waiting for a slow reader before its connection is closed. */
  readonly unsentBytes: number;
  /** Milliseconds for a connection to be made, TLS and WebSocket handshakes included. */
  readonly connectMs: number;
  /** Milliseconds that an accepted connection may wait with its first message. */
  readonly silentMs: number;
  /** Milliseconds without any message after which a connection is closed. */
  readonly idleMs: number;
  /** Milliseconds between our keep-alives (RFC 5626 3.5.1, RFC 6455 5.5.2). */
  readonly keepAliveMs: number;
  /** Milliseconds that their answer may take. */
  readonly pongMs: number;
}
