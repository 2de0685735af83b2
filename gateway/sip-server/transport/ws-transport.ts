import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { bracketed } from "../../sip-syntax/uri.ts";
import type { Connection } from "./connection.ts";
import { type ConnectionContext } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { Endpoint, Hop, Listener } from "./flow.ts";
import { bind, localAddress } from "./sockets.ts";
import type { TlsCredentials } from "./tls-credentials.ts";
import { WsConnection } from "./ws-connection.ts";

/** RFC 7118 4.1: both sides must agree on this subprotocol. */
const subprotocol = "sip";

/** One bound WebSocket address (RFC 7118) and the connections that use it, accepted or made by us. */
export class WsTransport {
  readonly listener: Listener;
  readonly connections = new ConnectionTable<WsConnection>();
  readonly #server: Server | TlsServer;
  readonly #upgrades: WebSocketServer;
  readonly #context: ConnectionContext;
  readonly #credentials: TlsCredentials | undefined;

  private constructor(
    listener: Listener,
    server: Server | TlsServer,
    context: ConnectionContext,
    tls?: TlsCredentials,
  ) {
    this.listener = listener;
    this.#server = server;
    this.#context = context;
    this.#credentials = tls;
    this.#upgrades = new WebSocketServer({
      noServer: true,
      maxPayload: context.limits.messageSize,
      perMessageDeflate: false,
      verifyClient: ({ req }: { req: IncomingMessage }) => offersSip(req),
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    server.on("connection", (socket: Socket) => context.gate.enter(socket, listener.protocol));
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    server.on("tlsClientError", (_, socket) => {
      // A handshake that takes too long ends the wait, but not the connection.
      socket.destroy();
      context.events.emit("garbage", listener.protocol);
    });
    server.on("error", () => {});
    context.events.on("closed", (flow) => this.connections.delete(flow as WsConnection));
  }

  /** Binds; with `credentials` it is WSS. Rejects with the system's error. */
  static async bind(wanted: Listener, context: ConnectionContext, credentials?: TlsCredentials): Promise<WsTransport> {
    const { connectMs } = context.limits;
    // Whoever is slow with the request that asks for a WebSocket does not get one.
    const options = {
      requestTimeout: connectMs,
      headersTimeout: connectMs,
      connectionsCheckingInterval: Math.ceil(connectMs / 4),
      noDelay: true,
      keepAlive: true,
    };
    const server = credentials
      ? credentials.serve(createTlsServer({ ...options, ...credentials.serverOptions(connectMs) }, refuse))
      : createServer(options, refuse);
    const port = await bind(server, wanted);
    return new WsTransport({ ...wanted, port }, server, context, credentials);
  }

  /** The open connection to `hop`, or a new one. A browser cannot be connected to: it is found by its registration. */
  flowTo(hop: Hop): Connection {
    const name = hop.name ?? hop.host;
    return this.connections.find(hop, name) ?? this.#connect(hop, name);
  }

  close(): void {
    for (const connection of this.connections) connection.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #connect({ host, port }: Endpoint, name: string): WsConnection {
    const from = localAddress(this.listener);
    const socket = new WebSocket(`${this.#credentials ? "wss" : "ws"}://${bracketed(host)}:${port}/`, subprotocol, {
      perMessageDeflate: false,
      maxPayload: this.#context.limits.messageSize,
      handshakeTimeout: this.#context.limits.connectMs,
      ...(from !== undefined && { localAddress: from }),
      ...this.#credentials?.clientOptions(name),
    });
    const ends = { listener: this.listener, remote: { host, port }, accepted: false };
    return this.#adopt(new WsConnection(socket, ends, this.#context, (asked) => asked === name));
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#upgrades.handleUpgrade(request, stream, head, (socket) => {
      const { remoteAddress = "", remotePort = 0 } = request.socket;
      const ends = { listener: this.listener, remote: { host: remoteAddress, port: remotePort }, accepted: true };
      this.#adopt(new WsConnection(socket, ends, this.#context, () => false)).track(request.socket);
    });
  }

  #adopt(connection: WsConnection): WsConnection {
    this.connections.add(connection);
    return connection;
  }
}

function refuse(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Upgrade: "websocket", Connection: "close" }).end();
}

function offersSip(request: IncomingMessage): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((name) => name.trim() === subprotocol);
}
