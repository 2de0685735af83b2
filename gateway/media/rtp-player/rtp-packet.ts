/** RFC 3550 5.1: the fixed header. */
export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

export interface RtpPacket extends RtpHeader {
  readonly payload: Buffer;
}

const headerSize = 12;

export function printRtp({ payloadType, marker, sequence, timestamp, ssrc, payload }: RtpPacket): Buffer {
  const header = Buffer.alloc(headerSize);
  header[0] = 0x80;
  header[1] = (marker ? 0x80 : 0) | payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc >>> 0, 8);
  return Buffer.concat([header, payload]);
}

/** Undefined for anything that is no RTP of version 2; RTCP on the same port is none (RFC 5761 4). */
export function parseRtp(datagram: Buffer): RtpPacket | undefined {
  const [first = 0, second = 0] = datagram;
  const start = headerSize + 4 * (first & 0x0f) + extensionSize(datagram, first);
  if (first >> 6 !== 2 || datagram.length < start || isRtcp(second)) return undefined;
  const padding = first & 0x20 ? (datagram.at(-1) ?? 0) : 0;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, Math.max(start, datagram.length - padding)),
  };
}

const isRtcp = (second: number): boolean => second >= 192 && second <= 223;

/** RFC 3550 5.3.1. */
function extensionSize(datagram: Buffer, first: number): number {
  const at = headerSize + 4 * (first & 0x0f);
  if (!(first & 0x10) || datagram.length < at + 4) return 0;
  return 4 + 4 * datagram.readUInt16BE(at + 2);
}
