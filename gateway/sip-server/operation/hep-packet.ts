import { isIP } from "node:net";
import type { Endpoint } from "../transport/flow.ts";

/** A captured message in the form of HEP3 (EEP revision 12), Homer's encapsulation. */
export interface Captured {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Everything but UDP runs on TCP. */
  readonly udp: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly agent: number;
  readonly password?: string;
  /** What its call is found by. */
  readonly correlation: string;
  readonly payload: Buffer;
}

/** Chunk types of the generic vendor, 0. */
const chunk = {
  family: 1,
  protocol: 2,
  source4: 3,
  destination4: 4,
  source6: 5,
  destination6: 6,
  sourcePort: 7,
  destinationPort: 8,
  seconds: 9,
  microseconds: 10,
  type: 11,
  agent: 12,
  password: 14,
  payload: 15,
  correlation: 17,
} as const;

const ipProtocol = { udp: 17, tcp: 6 } as const;
const addressFamily = { 4: 2, 6: 10 } as const;
/** The type of payload that is SIP. */
const sip = 1;
const maxPacket = 65_000;

/** A datagram for the collector; a message that does not fit is cut. */
export function hepPacket(captured: Captured): Buffer {
  const { source, destination, udp, at, agent, password, correlation, payload } = captured;
  const six = isIP(source.host) === 6;
  const chunks = [
    one(chunk.family, six ? addressFamily[6] : addressFamily[4]),
    one(chunk.protocol, udp ? ipProtocol.udp : ipProtocol.tcp),
    bytes(six ? chunk.source6 : chunk.source4, addressBytes(source.host)),
    bytes(six ? chunk.destination6 : chunk.destination4, addressBytes(destination.host)),
    two(chunk.sourcePort, source.port),
    two(chunk.destinationPort, destination.port),
    four(chunk.seconds, Math.floor(at / 1000)),
    four(chunk.microseconds, Math.floor((at % 1000) * 1000)),
    one(chunk.type, sip),
    four(chunk.agent, agent),
    ...(password === undefined ? [] : [bytes(chunk.password, Buffer.from(password))]),
    bytes(chunk.correlation, Buffer.from(correlation)),
  ];
  const room = maxPacket - chunks.reduce((sum, { length }) => sum + length, 0);
  const whole = Buffer.concat([Buffer.from("HEP3\0\0"), ...chunks, bytes(chunk.payload, payload.subarray(0, room))]);
  whole.writeUInt16BE(whole.length, 4);
  return whole;
}

const headSize = 6;

function bytes(type: number, value: Buffer): Buffer {
  const made = Buffer.alloc(headSize + value.length);
  made.writeUInt16BE(type, 2);
  made.writeUInt16BE(made.length, 4);
  value.copy(made, headSize);
  return made;
}

function one(type: number, value: number): Buffer {
  return bytes(type, Buffer.of(value));
}

function two(type: number, value: number): Buffer {
  return bytes(type, Buffer.of(value >> 8, value & 0xff));
}

function four(type: number, value: number): Buffer {
  const made = Buffer.alloc(4);
  made.writeUInt32BE(value >>> 0);
  return bytes(type, made);
}

function addressBytes(host: string): Buffer {
  return isIP(host) === 6 ? sixteen(host) : Buffer.from(host.split(".").map(Number));
}

/** An IPv6 address in any of its forms (RFC 4291 2.2). */
function sixteen(host: string): Buffer {
  const [left = "", right] = (host.split("%")[0] ?? "").split("::").map(groups);
  const [front, back] = [left as number[], (right ?? []) as number[]];
  const zeros = Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0);
  return Buffer.from([...front, ...zeros, ...back].flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  return text.split(":").flatMap((group) => {
    if (group === "") return [];
    if (!group.includes(".")) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
