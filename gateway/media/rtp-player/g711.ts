/** ITU-T G.711: 16-bit linear samples to the two laws of the telephone network. */
export type Law = "PCMU" | "PCMA";

export function encodeG711(law: Law, samples: Int16Array): Buffer {
  const encode = law === "PCMU" ? muLaw : aLaw;
  return Buffer.from(samples.map(encode));
}

/** Table 2a: sign, 3 bits of segment, 4 bits of interval, all inverted; the bias makes every segment a power of two. */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), 32_635) + 132;
  const segment = Math.floor(Math.log2(biased)) - 7;
  return ~(sign | (segment << 4) | ((biased >> (segment + 3)) & 0x0f)) & 0xff;
}

/** Table 1a: like the above without bias, the first two segments linear, and every other bit inverted. */
function aLaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767);
  const segment = magnitude < 256 ? 0 : Math.floor(Math.log2(magnitude)) - 7;
  const interval = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return (sign | (segment << 4) | interval) ^ 0x55;
}
