import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";

/** What a name has. Names are lower case, without the last dot. */
export type Zone = Record<string, readonly Answer[]>;

export type Answer =
  | { type: "A" | "AAAA"; ttl?: number; address: string }
  | { type: "SRV"; ttl?: number; priority: number; weight: number; port: number; target: string }
  | { type: "NAPTR"; ttl?: number; order: number; preference: number; service: string; replacement: string };

const types: Readonly<Record<Answer["type"], number>> = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 };

/** A domain name server of the test's own (RFC 1035 4), on UDP. What it does not know does not exist. */
export class DnsServer {
  zone: Zone;
  /** Questions so far, as `SRV _sip._udp.example.com`. */
  readonly questions: string[] = [];
  readonly #socket: Socket;

  private constructor(zone: Zone, socket: Socket) {
    this.zone = zone;
    this.#socket = socket;
    socket.on("message", (query, from) => socket.send(this.#answer(query), from.port, from.address));
  }

  static async start(zone: Zone = {}): Promise<DnsServer> {
    const socket = createSocket("udp4");
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    return new DnsServer(zone, socket);
  }

  /** `host:port` */
  get address(): string {
    const { address, port } = this.#socket.address();
    return `${address}:${port}`;
  }

  stop(): Promise<void> {
    return new Promise((done) => this.#socket.close(() => done()));
  }

  #answer(query: Buffer): Buffer {
    const { name, type, end } = question(query);
    const shown = Object.entries(types).find(([, code]) => code === type)?.[0] ?? String(type);
    this.questions.push(`${shown} ${name}`);
    const known = this.zone[name];
    const answers = (known ?? []).filter((answer) => types[answer.type] === type);
    const head = Buffer.from(query.subarray(0, 12));
    // Response, authoritative; NXDOMAIN for names that are not there.
    head.writeUInt16BE(0x8500 | (known ? 0 : 3), 2);
    head.writeUInt16BE(answers.length, 6);
    head.fill(0, 8);
    return Buffer.concat([head, query.subarray(12, end), ...answers.map((answer) => record(answer))]);
  }
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function record(answer: Answer): Buffer {
  const data = dataOf(answer);
  const head = Buffer.alloc(12);
  // The name of the question, by pointer (RFC 1035 4.1.4).
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(types[answer.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(answer.ttl ?? 60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataOf(answer: Answer): Buffer {
  switch (answer.type) {
    case "A":
      return Buffer.from(answer.address.split(".").map(Number));
    case "AAAA":
      return ipv6(answer.address);
    case "SRV":
      return Buffer.concat([words(answer.priority, answer.weight, answer.port), nameOf(answer.target)]);
    case "NAPTR":
      return Buffer.concat([
        words(answer.order, answer.preference),
        ...["s", answer.service, ""].map(text),
        nameOf(answer.replacement),
      ]);
  }
}

function words(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}

function nameOf(name: string): Buffer {
  const labels = name === "." ? [] : name.split(".");
  return Buffer.concat([...labels.map(text), Buffer.from([0])]);
}

function ipv6(address: string): Buffer {
  if (!isIPv6(address)) throw new RangeError(`${address} is not an IPv6 address`);
  const [left = "", right] = address.split("::");
  const groups = (part: string | undefined): number[] =>
    part ? part.split(":").map((group) => parseInt(group, 16)) : [];
  const [head, tail] = [groups(left), groups(right)];
  return words(...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail);
}
