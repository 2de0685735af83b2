import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Emitter } from "../../base/emitter.ts";
import { isIP } from "node:net";
import type { Endpoint, Flow, Listener, TransportEvents } from "./flow.ts";
import { readDatagram } from "./datagram.ts";
import type { Gate } from "./gate.ts";
import { addressFor } from "./listener-choice.ts";

const maxRecent = 1024;

/** What a datagram socket reports to, and asks. */
export interface DatagramContext {
  readonly events: Emitter<TransportEvents>;
  readonly gate: Gate;
}

/** One bound UDP address. A datagram is a message (RFC 3261 18.1.1). */
export class UdpTransport {
  readonly listener: Listener;
  readonly #socket: Socket;
  readonly #events: Emitter<TransportEvents>;
  readonly #gate: Gate;
  /** Flows lately asked for: what is kept of many messages of one peer shares one. */
  readonly #recent = new Map<string, Flow>();

  private constructor(listener: Listener, socket: Socket, { events, gate }: DatagramContext) {
    this.listener = listener;
    this.#socket = socket;
    this.#events = events;
    this.#gate = gate;
    socket.on("message", (bytes, from) => this.#receive(bytes, from));
    socket.on("error", () => {});
  }

  /** Binds; rejects with the system's error. */
  static bind(wanted: Listener, context: DatagramContext): Promise<UdpTransport> {
    const family = isIP(wanted.host) === 6 ? 6 : 4;
    const socket = createSocket({
      type: `udp${family}`,
      ipv6Only: family === 6,
      recvBufferSize: 4 << 20,
      // Only addresses are sent to: without this each datagram takes a turn through the resolver.
      lookup: (host, _options, done) => done(null, host, family),
    });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(wanted.port, wanted.host, () => {
        socket.removeListener("error", reject);
        resolve(new UdpTransport({ ...wanted, port: socket.address().port }, socket, context));
      });
    });
  }

  flowTo({ host, port }: Endpoint): Flow {
    const key = `${host} ${port}`;
    const known = this.#recent.get(key);
    if (known) return known;
    const flow = new UdpFlow(this.listener, { host, port }, this.#socket, this.#events);
    if (this.#recent.size >= maxRecent) this.#recent.clear();
    this.#recent.set(key, flow);
    return flow;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    if (isKeepAlive(bytes) || !this.#gate.admits(from.address, "udp")) return;
    const read = readDatagram(skipLineEnds(bytes));
    if (!read) return this.#events.emit("garbage", "udp");
    if (this.#gate.drops(read.message, "udp", from.address)) return;
    const flow = this.flowTo({ host: from.address, port: from.port });
    this.#events.emit("passing", "in", flow, bytes);
    this.#events.emit("arrival", { ...read, flow, size: bytes.length });
  }
}

class UdpFlow implements Flow {
  readonly listener: Listener;
  readonly remote: Endpoint;
  readonly reliable = false;
  readonly open = true;
  readonly #socket: Socket;
  readonly #events: Emitter<TransportEvents>;

  constructor(listener: Listener, remote: Endpoint, socket: Socket, events: Emitter<TransportEvents>) {
    this.#events = events;
    this.listener = listener;
    this.remote = remote;
    this.#socket = socket;
  }

  get address(): Endpoint {
    return addressFor(this.listener, this.remote.host);
  }

  send(bytes: Buffer, failed: () => void): void {
    this.#events.emit("passing", "out", this, bytes);
    try {
      this.#socket.send(bytes, this.remote.port, this.remote.host, (fault) => fault && failed());
    } catch {
      queueMicrotask(failed); // the socket is closed already
    }
  }
}

/** Keep-alives of clients behind NAT: line ends, NULs, or nothing (RFC 5626 3.5.1 and habit). */
function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length <= 8 && bytes.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}

function skipLineEnds(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++;
  return at === 0 ? bytes : bytes.subarray(at);
}
