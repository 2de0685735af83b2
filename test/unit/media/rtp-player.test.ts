import assert from "node:assert/strict";
import type { Clock, Timer } from "../../../gateway/base/clock.ts";
import { encodeG711 } from "../../../gateway/media/rtp-player/g711.ts";
import { parseRtp, printRtp, type RtpPacket } from "../../../gateway/media/rtp-player/rtp-packet.ts";
import { RtpSender } from "../../../gateway/media/rtp-player/rtp-sender.ts";
import {
  digitsSource,
  frequenciesOf,
  frameSamples,
  toneSource,
  type SoundSource,
} from "../../../gateway/media/rtp-player/sound-source.ts";
import { judgeTone } from "../../support/tone.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("G.711", () => {
  // ITU-T G.711 tables 1a and 2a: decision values at the ends and the zero crossing.
  const points: [sample: number, muLaw: number, aLaw: number][] = [
    [0, 0xff, 0xd5],
    [-1, 0xff & ~0x80, 0x55],
    [32_767, 0x80, 0xaa],
    [-32_768, 0x00, 0x2a],
    [1000, 0xce, 0xfa],
  ];
  for (const [sample, mu, a] of points)
    it(`${sample}`, () => {
      assert.equal(encodeG711("PCMU", Int16Array.of(sample))[0], mu);
      assert.equal(encodeG711("PCMA", Int16Array.of(sample))[0], a);
    });
});

describe("RTP packets", () => {
  const packet: RtpPacket = {
    payloadType: 8,
    marker: true,
    sequence: 65_535,
    timestamp: 4_294_967_295,
    ssrc: 7,
    payload: Buffer.from("speech"),
  };
  it("are read as they were written", () => assert.deepEqual(parseRtp(printRtp(packet)), packet));

  it("are read past contributing sources, extension and padding (RFC 3550 5.1)", () => {
    const plain = printRtp(packet);
    const first = Buffer.from([0x80 | 0x20 | 0x10 | 1]);
    const bytes = Buffer.concat([
      first,
      plain.subarray(1, 12),
      Buffer.from("csrc"),
      Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]),
      packet.payload,
      Buffer.from([0, 0, 3]),
    ]);
    assert.deepEqual(parseRtp(bytes)?.payload, packet.payload);
  });

  it("are not RTCP, STUN, or too short", () => {
    for (const bytes of [[], [0x80], [0x80, 200, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], Array(20).fill(0), [0x9f, 0]])
      assert.equal(parseRtp(Buffer.from(bytes)), undefined);
  });
});

const soundOf = (source: SoundSource, frames: number) => {
  const samples = Array.from({ length: frames }, () => [...(source() ?? [])]).flat();
  return { rate: 8000, samples: Float64Array.from(samples, (sample) => sample / 32_768) };
};

describe("sound sources", () => {
  it("a tone is a tone", () => assert.ok(judgeTone(soundOf(toneSource(1000), 50), 1000, 440).heard));

  it("digits end, and each has its two frequencies (ITU-T Q.23)", () => {
    assert.deepEqual(frequenciesOf("1"), [697, 1209]);
    assert.deepEqual(frequenciesOf("#"), [941, 1477]);
    assert.deepEqual(frequenciesOf("d"), [941, 1633]);
    const source = digitsSource("5");
    let frames = 0;
    while (source()) frames++;
    assert.equal(frames, 50 + 8 + 6 + 25);
  });
});

/** A clock whose process stood still for `offset` milliseconds: time has passed, and no timer has fired. */
class StandingClock implements Clock {
  static offset = 0;
  readonly #clock: Clock;
  constructor(clock: Clock) {
    StandingClock.offset = 0;
    this.#clock = clock;
  }
  now = (): number => this.#clock.now() + StandingClock.offset;
  monotonic = (): number => this.#clock.monotonic() + StandingClock.offset;
  after = (ms: number, fire: () => void): Timer => this.#clock.after(ms, fire);
  every = (ms: number, fire: () => void): Timer => this.#clock.every(ms, fire);
}

describe("RTP sender", () => {
  function open(source: SoundSource, dress: (clock: VirtualClock) => Clock = (clock) => clock) {
    const clock = new VirtualClock();
    const sent: RtpPacket[] = [];
    let finished = false;
    const sender = new RtpSender({
      clock: dress(clock),
      source,
      send: (datagram) => sent.push(parseRtp(datagram) as RtpPacket),
      finished: () => (finished = true),
    });
    return { clock, sent, sender, isFinished: () => finished };
  }
  const format = { law: "PCMA", payloadType: 8 } as const;

  it("sends a packet each 20 ms, and its clock runs on while the far end is on hold", () => {
    const { clock, sent, sender } = open(toneSource(1000));
    sender.use(format);
    clock.advance(100);
    const before = sent.length;
    sender.use(undefined);
    clock.advance(1000);
    assert.equal(sent.length, before);
    sender.use(format);
    clock.advance(20);
    const [last, next] = sent.slice(-2);
    assert.ok(last && next?.marker);
    assert.equal((next.sequence - last.sequence) & 0xffff, 1);
    assert.equal((next.timestamp - last.timestamp) >>> 0, 51 * frameSamples);
    sender.close();
    assert.equal(clock.pending, 0);
  });

  it("catches up with a late timer, and leaves a long standstill out", () => {
    const { clock, sent, sender } = open(toneSource(1000), (clock) => new StandingClock(clock));
    sender.use(format);
    clock.advance(20);
    for (const [standstill, packets] of [
      [60, 4],
      [10_000, 6],
    ] as const) {
      const before = sent.length;
      StandingClock.offset += standstill;
      clock.advance(20);
      assert.equal(sent.length - before, packets);
    }
    sender.close();
  });

  it("says when the source has no more, and stops", () => {
    const { clock, sent, sender, isFinished } = open(digitsSource(""));
    sender.use(format);
    clock.advance(2000);
    assert.equal(sent.length, 75);
    assert.ok(isFinished());
    assert.equal(clock.pending, 0);
    sender.close();
  });
});
