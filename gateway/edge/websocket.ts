import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Clock, Timer } from "../base/clock.ts";
import { withDeadline } from "../base/deadline.ts";
import { parseJson } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { RefusalCode } from "../protocol/causes.ts";
import type { ServerFrame } from "../protocol/server-frame.ts";
import { closing, limits, subprotocol, subprotocols } from "../protocol/version.ts";
import type { Departure, SessionSocket } from "../session/socket.ts";
import { judgeOrigin } from "./local.ts";
import type { PerAddress } from "./per-address.ts";

/** What the edge drives of a session. */
export interface EdgeSession {
  readonly identity: object | undefined;
  receive(value: unknown): void;
  receiveGarbage(code: "bad-frame" | "too-large", text: string): void;
  disconnected(how: Departure): void;
}

/** What connections of both kinds, WebSocket and long polling, go by. */
export interface EdgeOptions {
  readonly origins: readonly string[];
  /** Whether pages of that origin may connect as guests of an application key. */
  servesGuests(origin: string): boolean;
  /** How long a connection may stay without signing in: milliseconds. */
  readonly signInTimeout: number;
  readonly perAddress: PerAddress;
  readonly clock: Clock;
  readonly log: Logger;
  open(socket: SessionSocket): EdgeSession;
}

/** Close codes of our own (RFC 6455 7.4.2: 4000 to 4999). */
const closeCodes = { origin: 4403, signIn: 4408, tooMany: 4429 } as const;
/** 1006 stands for a connection that ended without a Close frame (RFC 6455 7.1.5); a page that is left sends one. */
const lostCodes: ReadonlySet<number> = new Set([1006, closing.lost]);
/** A page that does not read is let go before it fills our memory: bytes. */
const maxBuffered = 4 * 1024 * 1024;
/** An unanswered WebSocket ping after which the connection is given up: milliseconds. */
const pingMs = 10_000;
/** How long a closing handshake may take when the gateway stops: milliseconds. */
const partingMs = 500;

/** Browsers' connections: text in, text out; what the text means is the session's. */
export class WebSocketEdge {
  readonly #options: EdgeOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frame,
    handleProtocols: (offered) => subprotocols.find((one) => offered.has(one)) ?? false,
  });
  readonly #alive = new WeakSet<WebSocket>();
  readonly #heart: Timer;
  #full = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#heart = options.clock.every(pingMs, () => this.#beat());
  }

  /** Open connections: back to 0 when every page is closed. */
  get connections(): number {
    return this.#server.clients.size;
  }

  /** Takes over an HTTP upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (connection) => this.#connected(connection, request));
  }

  /** From now on who comes is sent to another node. Those who are connected stay. */
  turnAway(): void {
    this.#full = true;
  }

  /** Takes no page any more, and resolves when the last has read what it was told, or did not in time. */
  async close(): Promise<void> {
    this.#heart.cancel();
    this.#server.close();
    const clients = [...this.#server.clients];
    const gone = clients.map((client) => new Promise((done) => client.once("close", done)));
    for (const client of clients) client.close(1001, "server-stopping");
    const parting = withDeadline(Promise.all(gone), partingMs, "closing connections", this.#options.clock);
    await parting.catch(() => clients.forEach((client) => client.terminate()));
  }

  #connected(connection: WebSocket, request: IncomingMessage): void {
    const address = request.socket.remoteAddress ?? "";
    const origin = judgeOrigin(request, this.#options.origins);
    connection.on("error", () => {});
    // RFC 6455 7.4.1: come back, another node is there.
    if (this.#full) return connection.close(1012, "restarting");
    const away = (code: RefusalCode, text: string, close: number): void => {
      this.#options.log.warn("connection refused", { address, code });
      this.#send(connection, { type: "refused", code, text });
      connection.close(close, code);
    };
    const from = request.headers.origin;
    const guestsOnly = !origin.allowed && from !== undefined && this.#options.servesGuests(from);
    if (!origin.allowed && !guestsOnly)
      return away("origin-refused", "This page's origin may not connect.", closeCodes.origin);
    if (!subprotocols.includes(connection.protocol))
      return away("unsupported", `Offer the subprotocol ${subprotocol}.`, 1002);
    const release = this.#options.perAddress.take(address);
    if (!release) return away("rate-limited", "Too many connections from your address.", closeCodes.tooMany);
    connection.on("close", release);
    this.#alive.add(connection);
    connection.on("pong", () => this.#alive.add(connection));
    this.#serve(connection, {
      address,
      local: origin.local,
      transport: "websocket",
      guestsOnly,
      ...(from !== undefined && { origin: from }),
      send: (frame, text) => this.#send(connection, frame, text),
      close: (code, reason) => connection.close(code, reason),
    });
  }

  #serve(connection: WebSocket, socket: SessionSocket): void {
    const session = this.#options.open(socket);
    const timer = this.#options.clock.after(this.#options.signInTimeout, () => {
      if (!session.identity) connection.close(closeCodes.signIn, "not signed in in time");
    });
    connection.on("message", (data, binary) => this.#message(session, data, binary));
    connection.on("error", (fault: Error & { code?: string }) => {
      if (fault.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH")
        session.receiveGarbage("too-large", "The frame is too large.");
    });
    connection.on("close", (code) => {
      timer.cancel();
      session.disconnected(lostCodes.has(code) ? "lost" : "left");
    });
  }

  #message(session: EdgeSession, data: RawData, binary: boolean): void {
    if (binary) return session.receiveGarbage("bad-frame", "Frames are text.");
    let value: unknown;
    try {
      value = parseJson((data as Buffer).toString("utf8"), (read): read is unknown => read !== undefined);
    } catch {
      return session.receiveGarbage("bad-frame", "The frame is not JSON.");
    }
    session.receive(value);
  }

  #send(connection: WebSocket, frame: ServerFrame, text?: string): void {
    if (connection.readyState !== connection.OPEN) return;
    if (connection.bufferedAmount > maxBuffered) return connection.terminate();
    connection.send(text ?? JSON.stringify(frame));
  }

  /** RFC 6455 5.5.2: a peer that answers no ping is gone, whatever TCP believes. */
  #beat(): void {
    for (const connection of this.#server.clients) {
      if (!this.#alive.has(connection)) connection.terminate();
      else {
        this.#alive.delete(connection);
        connection.ping();
      }
    }
  }
}
