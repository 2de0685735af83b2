/** A packet of a capture file. */
export interface CapturedPacket {
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  /** From the IP header on. */
  readonly data: Uint8Array;
  /** What Wireshark shows beside it. */
  readonly comment?: string;
}

/** Block types and options of pcapng (draft-ietf-opsawg-pcapng 4). */
const block = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const option = { comment: 1, userApplication: 4 } as const;
const byteOrderMagic = 0x1a2b3c4d;
/** IP without a link layer (tcpdump's list of link types). */
const linkTypeRaw = 101;

/** A capture file that Wireshark reads: one interface, microseconds. */
export function pcapng(packets: readonly CapturedPacket[], application: string): Uint8Array {
  return Buffer.concat([
    blockOf(
      block.section,
      Buffer.concat([
        words(byteOrderMagic),
        Buffer.from([1, 0, 0, 0]),
        words(0xffffffff, 0xffffffff),
        options([[option.userApplication, application]]),
      ]),
    ),
    blockOf(block.interface, Buffer.concat([Buffer.from([linkTypeRaw, 0, 0, 0]), words(0)])),
    ...packets.map(packetBlock),
  ]);
}

function packetBlock({ at, data, comment }: CapturedPacket): Buffer {
  const micros = BigInt(Math.round(at * 1000));
  const head = words(0, Number(micros >> 32n), Number(micros & 0xffffffffn), data.length, data.length);
  return blockOf(
    block.packet,
    Buffer.concat([head, padded(data), ...(comment === undefined ? [] : [options([[option.comment, comment]])])]),
  );
}

/** Type, length, body, length once more. */
function blockOf(type: number, body: Buffer): Buffer {
  const length = body.length + 12;
  return Buffer.concat([words(type, length), body, words(length)]);
}

function options(list: readonly (readonly [code: number, text: string])[]): Buffer {
  const each = list.map(([code, text]) => {
    const value = Buffer.from(text);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, padded(value)]);
  });
  return Buffer.concat([...each, words(0)]);
}

/** To the next 32 bits. */
const padded = (data: Uint8Array): Buffer => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4));
  return buffer;
}
