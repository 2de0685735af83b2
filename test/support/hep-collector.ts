import { createSocket, type Socket } from "node:dgram";
import { until } from "./until.ts";

/** One message as a Homer collector would store it. */
export interface HepMessage {
  readonly source: string;
  readonly destination: string;
  /** IP protocol number. */
  readonly protocol: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: number;
  readonly agent: number;
  readonly password: string | undefined;
  readonly correlation: string;
  readonly payload: string;
}

/** A collector of HEP3 that decodes every chunk, and throws at one that it does not know. */
export class HepCollector {
  readonly messages: HepMessage[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet) => this.messages.push(decode(packet)));
  }

  static async open(): Promise<HepCollector> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new HepCollector(socket);
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** The first message of the call whose start line fits. */
  next(callId: string, line: RegExp): Promise<HepMessage> {
    return until(`a copy of ${line} of ${callId}`, () =>
      this.messages.find(({ correlation, payload }) => correlation === callId && line.test(payload)),
    );
  }

  close(): void {
    this.#socket.close();
  }
}

function decode(packet: Buffer): HepMessage {
  if (packet.toString("latin1", 0, 4) !== "HEP3") throw new Error("no HEP3");
  if (packet.readUInt16BE(4) !== packet.length) throw new Error("the length is not the packet's");
  const chunks = new Map<number, Buffer>();
  for (let at = 6; at < packet.length; at += packet.readUInt16BE(at + 4)) {
    if (packet.readUInt16BE(at) !== 0) throw new Error("a vendor's chunk");
    chunks.set(packet.readUInt16BE(at + 2), packet.subarray(at + 6, at + packet.readUInt16BE(at + 4)));
  }
  const known = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 17];
  for (const type of chunks.keys()) if (!known.includes(type)) throw new Error(`chunk type ${type}`);
  const chunk = (type: number): Buffer => chunks.get(type) ?? Buffer.alloc(0);
  const endpoint = (four: number, six: number, port: number): string =>
    `${addressIn(chunk(1)[0] === 10 ? chunk(six) : chunk(four))}:${chunk(port).readUInt16BE()}`;
  return {
    source: endpoint(3, 5, 7),
    destination: endpoint(4, 6, 8),
    protocol: chunk(2)[0] ?? 0,
    at: chunk(9).readUInt32BE() * 1000 + chunk(10).readUInt32BE() / 1000,
    type: chunk(11)[0] ?? 0,
    agent: chunk(12).readUInt32BE(),
    password: chunks.get(14)?.toString(),
    correlation: chunk(17).toString(),
    payload: chunk(15).toString(),
  };
}

function addressIn(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join(".");
  return `[${bytes.toString("hex").replace(/.{4}(?!$)/g, "$&:")}]`;
}
