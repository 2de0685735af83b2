import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import { type RawData, WebSocket } from "ws";
import type { Timer } from "../../base/clock.ts";
import { contentLength, parseMessage, type SipMessage } from "../../sip-syntax/message.ts";
import { Connection, type ConnectionContext, type ConnectionEnds } from "./connection.ts";
import { WsFrameTracker } from "./ws-frame-tracker.ts";

const pong = "\r\n";

interface Unsent {
  readonly bytes: Buffer;
  readonly failed: () => void;
}

/** One SIP WebSocket: each message of it is a SIP message (RFC 7118 4.2). */
export class WsConnection extends Connection {
  readonly #socket: WebSocket;
  readonly #proves: (name: string) => boolean;
  readonly #frames = new WsFrameTracker();
  #halfMessage: Timer | undefined;
  #unsent: Unsent[] = [];

  /** `proves`: whether the peer is proven to be a domain or an address. */
  constructor(socket: WebSocket, ends: ConnectionEnds, context: ConnectionContext, proves: (name: string) => boolean) {
    super(ends, context);
    this.#socket = socket;
    this.#proves = proves;
    socket.on("upgrade", (response) => this.track(response.socket));
    socket.on("open", () => this.#flush());
    socket.on("message", (data) => this.#receive(data));
    socket.on("pong", () => this.ponged());
    socket.on("error", () => (socket.protocol === "" ? this.destroy() : this.garbage()));
    socket.on("close", () => this.#gone());
  }

  /** Watches the bytes below the WebSocket: what has begun must be complete in time. */
  track(socket: Socket): void {
    socket.on("data", (chunk: Buffer) => {
      this.#frames.push(chunk);
      this.#watchHalfMessage();
    });
  }

  get connecting(): boolean {
    return this.#socket.readyState === WebSocket.CONNECTING;
  }

  proves(name: string): boolean {
    return this.#proves(name);
  }

  /** RFC 7118 4.2: text frames when the message is text, binary ones else. */
  send(bytes: Buffer, failed: () => void): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) return void this.#unsent.push({ bytes, failed });
    this.passing("out", bytes);
    this.#socket.send(bytes, { binary: !isText(bytes) }, (fault) => fault && failed());
    if (this.#socket.bufferedAmount > this.limits.unsentBytes) this.destroy();
  }

  destroy(): void {
    this.#socket.terminate();
    this.#gone();
  }

  /** Either end may send pings, and the other one must answer (RFC 6455 5.5.2). */
  protected get pings(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  protected readonly mustAnswerPings = true;

  protected ping(): void {
    this.#socket.ping();
  }

  protected read(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
    this.#watchHalfMessage();
  }

  #flush(): void {
    for (const { bytes, failed } of this.#unsent.splice(0)) this.send(bytes, failed);
  }

  #receive(data: RawData): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
    if (!this.open) return;
    // RFC 7118 6 with RFC 5626 3.5.1: CRLF keep-alive, answered by the end that was connected to.
    if (isLineEnds(bytes)) return this.#keepAlive(bytes);
    try {
      this.arrived(cutToLength(parseMessage(bytes)), bytes);
    } catch {
      this.garbage();
    }
  }

  #keepAlive(bytes: Buffer): void {
    if (!this.accepted && bytes.length < 4) return;
    this.used();
    this.#socket.send(pong);
  }

  #watchHalfMessage(): void {
    if (!this.#frames.halfMessage || this.resting || !this.open) {
      this.#halfMessage?.cancel();
      this.#halfMessage = undefined;
    } else this.#halfMessage ??= this.clock.after(this.limits.halfMessageMs, () => this.garbage());
  }

  #gone(): void {
    this.#halfMessage?.cancel();
    for (const { failed } of this.#unsent.splice(0)) queueMicrotask(failed);
    this.closed();
  }
}

function isLineEnds(bytes: Buffer): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 0x0d || byte === 0x0a);
}

/** A frame is a message and needs no Content-Length (RFC 7118 4.2); when there is one it must not promise more. */
function cutToLength(message: SipMessage): SipMessage {
  const length = contentLength(message.headers) ?? message.body.length;
  if (length > message.body.length) throw new RangeError("Content-Length is larger than the frame");
  return length < message.body.length ? { ...message, body: message.body.subarray(0, length) } : message;
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}
