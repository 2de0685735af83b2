import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { type ClientOptions, WebSocket } from "ws";
import { until } from "../../support/until.ts";

/** A raw client over TCP, TLS or WebSocket: bytes out, text in. */
export class StreamPeer {
  received = "";
  closed = false;
  #send: (bytes: string | Buffer) => void = () => {};
  #close: () => void = () => {};

  static tcp(port: number, host = "127.0.0.1"): Promise<StreamPeer> {
    const socket = connect(port, host);
    const peer = StreamPeer.on(socket);
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => resolve(peer));
    });
  }

  /** Resolves when the handshake is done, with the socket for what the certificate says. */
  static tls(port: number, options: ConnectionOptions = {}): Promise<StreamPeer & { socket: TLSSocket }> {
    const socket = connectTls({ host: "127.0.0.1", port, ...options });
    const peer = Object.assign(StreamPeer.on(socket), { socket });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("secureConnect", () => resolve(peer));
    });
  }

  /** A connection that is there already. */
  static on(socket: Socket): StreamPeer {
    const peer = new StreamPeer();
    socket.on("data", (chunk) => (peer.received += String(chunk)));
    socket.on("error", () => {});
    socket.on("close", () => (peer.closed = true));
    peer.#send = (bytes) => void socket.write(bytes);
    peer.#close = () => socket.destroy();
    return peer;
  }

  static ws(port: number, protocol = ["sip"], host = "127.0.0.1", options: ClientOptions = {}): Promise<StreamPeer> {
    return StreamPeer.#webSocket(new WebSocket(`ws://${host}:${port}`, protocol, options));
  }

  static wss(port: number, options: ConnectionOptions): Promise<StreamPeer> {
    return StreamPeer.#webSocket(new WebSocket(`wss://127.0.0.1:${port}`, ["sip"], options));
  }

  static #webSocket(socket: WebSocket): Promise<StreamPeer> {
    const peer = new StreamPeer();
    socket.on("message", (data) => (peer.received += String(data)));
    socket.on("close", () => (peer.closed = true));
    peer.#send = (bytes) => socket.send(bytes);
    peer.#close = () => socket.terminate();
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => resolve(peer));
    });
  }

  send(bytes: string | Buffer): void {
    this.#send(bytes);
  }

  /** Takes everything received, once it fits. */
  async next(what: RegExp, withinMs = 5000): Promise<string> {
    await until(`${what} in ${JSON.stringify(this.received)}`, () => what.test(this.received), withinMs);
    const text = this.received;
    this.received = "";
    return text;
  }

  gone(withinMs = 5000): Promise<unknown> {
    return until("the connection is closed", () => this.closed, withinMs);
  }

  close(): void {
    this.#close();
  }
}
