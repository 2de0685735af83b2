import { isIPv6 } from "node:net";

/** One end of a datagram. */
export interface End {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
}

const udp = 17;
const hops = 64;

/** An IP packet with a UDP datagram; when one end speaks IPv6, the other's IPv4 address is mapped (RFC 4291 2.5.5.2). */
export function datagram(from: End, to: End, payload: Uint8Array): Uint8Array {
  const six = isIPv6(from.address) || isIPv6(to.address);
  const [source, destination] = [from, to].map(({ address }) => (six ? ipv6(address) : ipv4(address))) as [
    Buffer,
    Buffer,
  ];
  const body = udpOf(from.port, to.port, payload);
  // RFC 768: the checksum covers addresses, protocol and length too; a sum of zero is written as its complement.
  const pseudo = Buffer.concat([source, destination, length32(body.length), Buffer.from([0, 0, 0, udp])]);
  body.writeUInt16BE(checksum(Buffer.concat([pseudo, body])) || 0xffff, 6);
  return Buffer.concat([
    six ? ipv6Header(source, destination, body.length) : ipv4Header(source, destination, body.length),
    body,
  ]);
}

function udpOf(from: number, to: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([head, payload]);
}

/** RFC 791 3.1. */
function ipv4Header(source: Buffer, destination: Buffer, length: number): Buffer {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + length, 2);
  head[8] = hops;
  head[9] = udp;
  source.copy(head, 12);
  destination.copy(head, 16);
  head.writeUInt16BE(checksum(head), 10);
  return head;
}

/** RFC 8200 3. */
function ipv6Header(source: Buffer, destination: Buffer, length: number): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(length, 4);
  head[6] = udp;
  head[7] = hops;
  source.copy(head, 8);
  destination.copy(head, 24);
  return head;
}

const length32 = (length: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(length);
  return buffer;
};

/** RFC 1071: the complement of the sum of 16-bit words. */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const ipv4 = (address: string): Buffer => Buffer.from(address.split(".").map(Number));

function ipv6(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), ipv4(address)]);
  const [plain = ""] = address.split("%");
  const [left = "", right] = plain.split("::");
  const head = groups(left);
  const tail = right === undefined ? [] : groups(right);
  return Buffer.concat([...head, Buffer.alloc(16 - 2 * (head.length + tail.length)), ...tail]);
}

/** Groups of 16 bits; an IPv4 ending counts as two. */
function groups(text: string): Buffer[] {
  return text
    .split(":")
    .filter(Boolean)
    .flatMap((group) => {
      if (!group.includes(".")) return [Buffer.from(group.padStart(4, "0"), "hex")];
      const address = ipv4(group);
      return [address.subarray(0, 2), address.subarray(2)];
    });
}
