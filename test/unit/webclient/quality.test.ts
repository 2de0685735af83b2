import assert from "node:assert/strict";
import { countersOf, qualityOf, type MediaCounters, type StatsEntry } from "../../../webclient/quality.ts";
import { QualityWatch, qualityEveryMs } from "../../../webclient/quality-watch.ts";
import { turns } from "../../support/fake-platform.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const both = { sends: true, hears: true };
const counters = (more: Partial<MediaCounters> = {}): MediaCounters => ({
  sent: 250,
  received: 250,
  lost: 0,
  jitterMs: 2,
  rttMs: 20,
  ...more,
});

describe("quality", () => {
  it("of a clean path is as good as a telephone gets (ITU-T G.107)", () => {
    const { mos, loss, warning } = qualityOf(undefined, counters(), both);
    assert.ok(mos > 4.3 && mos <= 4.5, String(mos));
    assert.deepEqual([loss, warning], [0, undefined]);
  });

  for (const [what, now, expected, warning] of [
    ["one packet in ten lost", counters({ received: 225, lost: 25 }), both, "loss"],
    ["half a second there and back", counters({ rttMs: 500 }), both, "delay"],
    ["nothing heard", counters({ received: 0 }), both, "silence-in"],
    ["nothing sent", counters({ sent: 0 }), both, "silence-out"],
    ["nothing sent while muted", counters({ sent: 0 }), { sends: false, hears: true }, undefined],
    ["nothing at all on hold", counters({ sent: 0, received: 0 }), { sends: false, hears: false }, undefined],
  ] as const)
    it(`warns of ${what}: ${warning}`, () => assert.equal(qualityOf(undefined, now, expected).warning, warning));

  it("falls with loss and with delay", () => {
    const mos = (more: Partial<MediaCounters>): number => qualityOf(undefined, counters(more), both).mos;
    assert.ok(mos({}) > mos({ lost: 10 }) && mos({ lost: 10 }) > mos({ lost: 100 }));
    assert.ok(mos({}) > mos({ rttMs: 300 }) && mos({ rttMs: 300 }) > mos({ rttMs: 900 }));
    assert.equal(mos({ lost: 100_000, rttMs: 5_000 }), 1);
  });

  it("counts what happened since the last reading only", () => {
    const { loss } = qualityOf(counters({ lost: 100 }), counters({ received: 500, lost: 100 }), both);
    assert.equal(loss, 0);
  });
});

describe("what a browser counts", () => {
  const entries: StatsEntry[] = [
    { id: "o", type: "outbound-rtp", kind: "audio", packetsSent: 7 },
    { id: "i", type: "inbound-rtp", kind: "audio", packetsReceived: 5, packetsLost: 2, jitter: 0.004 },
    { id: "v", type: "inbound-rtp", kind: "video", packetsReceived: 99 },
    { id: "p", type: "candidate-pair", nominated: false, state: "succeeded", currentRoundTripTime: 9 },
    {
      id: "q",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      currentRoundTripTime: 0.02,
      localCandidateId: "l",
      remoteCandidateId: "r",
    },
    { id: "l", type: "local-candidate", candidateType: "prflx", port: 9, protocol: "udp" },
    { id: "r", type: "remote-candidate", candidateType: "host", address: "192.0.2.1", port: 30_000 },
  ];

  it("is read of audio and the chosen pair; what it hides is said to be hidden", () => {
    assert.deepEqual(countersOf(entries.map((entry) => [entry.id ?? "", entry])), {
      sent: 7,
      received: 5,
      lost: 2,
      jitterMs: 4,
      rttMs: 20,
      pair: { local: "prflx hidden:9", remote: "host 192.0.2.1:30000", protocol: "udp" },
    });
  });

  it("may be nothing", () => {
    assert.deepEqual(countersOf([]), { sent: 0, received: 0, lost: 0, jitterMs: 0, rttMs: 0 });
  });
});

describe("the watch over a call's quality", () => {
  it("reads every five seconds, and reports the first, each sixth, and what is new", async () => {
    const clock = new VirtualClock();
    let now = counters({ sent: 0, received: 0 });
    const told: string[] = [];
    const source = { counters: async () => now, expected: () => both };
    const watch = new QualityWatch(clock, source, ({ warning }, _counters, report) =>
      told.push(`${warning ?? "fine"}${report ? "!" : ""}`),
    );
    const next = async (more: Partial<MediaCounters>): Promise<void> => {
      now = counters(more);
      clock.advance(qualityEveryMs);
      await turns();
    };
    for (let reading = 1; reading <= 6; reading++) await next({ sent: reading * 250, received: reading * 250 });
    await next({ sent: 1_750, received: 1_500 });
    await next({ sent: 2_000, received: 1_500 });
    watch.stop();
    await next({});
    assert.deepEqual(told, ["fine!", "fine", "fine", "fine", "fine", "fine", "silence-in!", "silence-in"]);
    assert.equal(clock.pending, 0);
  });
});
