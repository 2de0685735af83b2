import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from "node:tls";
import type { Timer } from "../../base/clock.ts";
import { SipSyntaxError } from "../../sip-syntax/grammar.ts";
import { Connection, type ConnectionContext, type ConnectionEnds } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { Endpoint, Hop, Listener } from "./flow.ts";
import { bind, endpointOf, localAddress } from "./sockets.ts";
import { StreamFramer } from "./stream-framer.ts";
import type { TlsCredentials } from "./tls-credentials.ts";
import { provesIdentity } from "./tls-identity.ts";

const lineEnd = Buffer.from("\r\n");
const doubleLineEnd = Buffer.from("\r\n\r\n");

/** One bound TCP or TLS address and the connections that use it, accepted or made by us. */
export class StreamTransport {
  readonly listener: Listener;
  readonly connections = new ConnectionTable<StreamConnection>();
  readonly #server: Server;
  readonly #context: ConnectionContext;
  readonly #credentials: TlsCredentials | undefined;

  private constructor(listener: Listener, server: Server, context: ConnectionContext, credentials?: TlsCredentials) {
    this.listener = listener;
    this.#server = server;
    this.#context = context;
    this.#credentials = credentials;
    server.on("connection", (socket: Socket) => context.gate.enter(socket, listener.protocol));
    server.on(credentials ? "secureConnection" : "connection", (socket: Socket) => this.#accept(socket));
    server.on("tlsClientError", (_, socket) => {
      // A handshake that takes too long ends the wait, but not the connection.
      socket.destroy();
      context.events.emit("garbage", listener.protocol);
    });
    server.on("error", () => {});
    context.events.on("closed", (flow) => this.connections.delete(flow as StreamConnection));
  }

  /** Binds; with `credentials` it is TLS. Rejects with the system's error. */
  static async bind(
    wanted: Listener,
    context: ConnectionContext,
    credentials?: TlsCredentials,
  ): Promise<StreamTransport> {
    const options = { noDelay: true, keepAlive: true };
    const server = credentials
      ? credentials.serve(createTlsServer({ ...options, ...credentials.serverOptions(context.limits.connectMs) }))
      : createServer(options);
    const port = await bind(server, wanted);
    return new StreamTransport({ ...wanted, port }, server, context, credentials);
  }

  /** The open connection to `hop`, or a new one (RFC 3261 18.1.1: connections are reused). */
  flowTo(hop: Hop): Connection {
    const name = hop.name ?? hop.host;
    return this.connections.find(hop, name) ?? this.#connect(hop, name);
  }

  close(): void {
    this.#server.close();
    for (const connection of this.connections) connection.destroy();
  }

  #connect({ host, port }: Endpoint, name: string): StreamConnection {
    const to = { host, port, localAddress: localAddress(this.listener) };
    const socket = this.#credentials ? connectTls({ ...to, ...this.#credentials.clientOptions(name) }) : connect(to);
    socket.setNoDelay(true).setKeepAlive(true);
    return this.#adopt(socket, { listener: this.listener, remote: { host, port }, accepted: false }, name);
  }

  #accept(socket: Socket): void {
    this.#adopt(socket, { listener: this.listener, remote: endpointOf(socket), accepted: true });
  }

  #adopt(socket: Socket, ends: ConnectionEnds, name?: string): StreamConnection {
    const connection = new StreamConnection(socket, ends, this.#context, name);
    this.connections.add(connection);
    return connection;
  }
}

class StreamConnection extends Connection {
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  /** Whom we asked for: TLS has checked it. */
  readonly #name: string | undefined;
  #halfMessage: Timer | undefined;
  #connecting: Timer | undefined;
  #answersPings = false;

  constructor(socket: Socket, ends: ConnectionEnds, context: ConnectionContext, name: string | undefined) {
    super(ends, context);
    this.#socket = socket;
    this.#name = name;
    this.#framer = new StreamFramer(this.limits.messageSize);
    if (!ends.accepted) this.#awaitConnect();
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("close", () => this.#gone());
  }

  get connecting(): boolean {
    return this.#connecting !== undefined;
  }

  proves(name: string): boolean {
    if (!(this.#socket instanceof TLSSocket) || name === this.#name) return true;
    return this.accepted && provesIdentity(this.#socket, name);
  }

  send(bytes: Buffer, failed: () => void): void {
    this.passing("out", bytes);
    this.#socket.write(bytes, (fault) => fault && failed());
    if (this.#socket.writableLength > this.limits.unsentBytes) this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#gone();
  }

  /** RFC 5626 3.5.1: keep-alives are the business of the end that made the connection. */
  protected get pings(): boolean {
    return !this.accepted && !this.connecting;
  }

  /** Who never answered one may not know keep-alives at all. */
  protected get mustAnswerPings(): boolean {
    return this.#answersPings;
  }

  protected ping(): void {
    this.#socket.write(doubleLineEnd);
  }

  protected read(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
    this.#watchHalfMessage();
  }

  #awaitConnect(): void {
    this.#connecting = this.clock.after(this.limits.connectMs, () => this.destroy());
    this.#socket.once(this.#socket instanceof TLSSocket ? "secureConnect" : "connect", () => {
      this.#connecting?.cancel();
      this.#connecting = undefined;
    });
  }

  #receive(chunk: Buffer): void {
    if (!this.open) return;
    try {
      for (const piece of this.#framer.push(chunk)) {
        if (!this.open) return;
        if (piece.kind === "keep-alive") this.#keepAlive(piece.double);
        else this.arrived(piece.message, piece.bytes, piece.flaw);
      }
      this.#watchHalfMessage();
    } catch (fault) {
      if (fault instanceof SipSyntaxError && fault.code === "too-large") this.#refuseRest();
      else this.garbage();
    }
  }

  /** Lets the answer arrive: closing while the peer still sends would make its system throw that away. */
  #refuseRest(): void {
    this.events.emit("garbage", this.listener.protocol);
    this.#halfMessage ??= this.clock.after(this.limits.halfMessageMs, () => this.#socket.destroy());
    this.#socket.end();
    this.closed();
  }

  /** A ping has two line ends and its answer one; who was connected to answers either, as drachtio does. */
  #keepAlive(double: boolean): void {
    if (!double && !this.accepted) {
      this.#answersPings = true;
      return this.ponged();
    }
    this.used();
    this.#socket.write(lineEnd);
  }

  #watchHalfMessage(): void {
    if (!this.#framer.halfMessage || this.resting || !this.open) {
      this.#halfMessage?.cancel();
      this.#halfMessage = undefined;
    } else this.#halfMessage ??= this.clock.after(this.limits.halfMessageMs, () => this.garbage());
  }

  #gone(): void {
    this.#halfMessage?.cancel();
    this.#connecting?.cancel();
    this.#connecting = undefined;
    this.closed();
  }
}
