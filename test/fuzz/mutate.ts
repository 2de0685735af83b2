import type { Random } from "./random.ts";

/** What grammars trip over. */
const tokens: readonly Buffer[] = [
  ...'\r\n|\r|\n|\r\n\r\n|\r\n \t|\0|\\|"|<|>|<>|;|;;|,|,,|:|::|=|@|%|%00|%ff|?|&|*|[|]|[::1]|/|//| |\t|#'.split("|"),
  ..."|sip:|sips:|tel:|SIP/2.0|SIP/|z9hG4bK|;tag=|;branch=|;rport|;lr|;alias|;ob|;received=::1|Content-Length: ".split(
    "|",
  ),
  ..."Via: SIP/2.0/UDP x|To: |Contact: *|l: 0\r\n|v: |Max-Forwards: 0\r\n|INVITE|ACK|CANCEL|BYE|REGISTER|PRACK".split(
    "|",
  ),
  ..."Require: 100rel\r\n|Session-Expires: 1\r\n|RAck: 1 1 INVITE\r\n|__proto__|constructor|toString|é|\u2028|😀".split(
    "|",
  ),
  ..."0|-1|1|65535|65536|2147483647|2147483648|4294967296|99999999999999999999|1e9|NaN|0x10|200|699|999".split("|"),
].map((text) => Buffer.from(text));

type Change = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const at = (bytes: Buffer, random: Random): number => random.below(bytes.length + 1);

function splice(bytes: Buffer, from: number, length: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
}

function withLines(bytes: Buffer, change: (lines: string[]) => void): Buffer {
  const lines = bytes.toString("latin1").split("\r\n");
  change(lines);
  return Buffer.from(lines.join("\r\n"), "latin1");
}

const changes: readonly Change[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const place = random.below(copy.length || 1);
    if (copy.length > 0) copy[place] = (copy[place] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  (bytes, random) => splice(bytes, at(bytes, random), 0, Buffer.from([random.below(256)])),
  (bytes, random) => splice(bytes, at(bytes, random), 0, random.pick(tokens)),
  (bytes, random) => splice(bytes, at(bytes, random), 1 + random.below(12), random.pick(tokens)),
  (bytes, random) => splice(bytes, at(bytes, random), 1 + random.below(40), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random, other) => Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))]),
  (bytes, random) => {
    const from = at(bytes, random);
    const piece = bytes.subarray(from, from + 1 + random.below(60));
    return splice(bytes, from, 0, Buffer.concat(Array<Buffer>(1 + random.below(30)).fill(piece)));
  },
  (bytes, random) => withLines(bytes, (lines) => lines.splice(random.below(lines.length), 1)),
  (bytes, random) => withLines(bytes, (lines) => lines.splice(random.below(lines.length), 0, random.pick(lines))),
  (bytes, random) =>
    withLines(bytes, (lines) => {
      const [one, two] = [random.below(lines.length), random.below(lines.length)];
      [lines[one], lines[two]] = [lines[two] ?? "", lines[one] ?? ""];
    }),
  (bytes, random) => Buffer.from(bytes.toString("latin1").replace(/\d+/, String(random.pick(tokens))), "latin1"),
];

/** Some of `seeds` changed in one to four ways; now and then as it is. */
export function mutated(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes = random.pick(seeds);
  if (random.below(50) === 0) return bytes;
  for (let turn = random.below(4); turn >= 0; turn--) bytes = random.pick(changes)(bytes, random, random.pick(seeds));
  return bytes.length > 70_000 ? bytes.subarray(0, 70_000) : bytes;
}

/** The same bytes in pieces of random sizes. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const size = 1 + random.below(random.below(3) === 0 ? 4 : 400);
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
}
