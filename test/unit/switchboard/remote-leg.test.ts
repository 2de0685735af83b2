import assert from "node:assert/strict";
import { parseJson } from "../../../gateway/base/json.ts";
import type { LegFact, LegId } from "../../../gateway/call/leg.ts";
import type { Moment, WireFact, WireListener } from "../../../gateway/call/wire.ts";
import { HostedLeg } from "../../../gateway/switchboard/hosted-leg.ts";
import type { HostSays, OwnerSays } from "../../../gateway/switchboard/leg-letters.ts";
import type { LineFrame } from "../../../gateway/switchboard/ordered-line.ts";
import { RemoteLeg } from "../../../gateway/switchboard/remote-leg.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

class WiredLeg extends FakeLeg {
  readonly wire = "sip";
  passed: WireListener = () => {};

  observe(listener: WireListener): void {
    this.passed = listener;
  }
}

const call = { callId: "c", reference: "K7F3QM", from: { address: { user: "alice@a.example" } } };
const bye: WireFact = { protocol: "sip", direction: "in", line: "BYE sip:x SIP/2.0", headers: [] };
const copied = <T>(value: T): T => parseJson(JSON.stringify(value), (read): read is T => read !== undefined);

/** Of 0 to 1, the same in each run. */
const chance = (n: number): number => Math.abs(Math.sin(n * 12.9898) * 43758.5453) % 1;

/** A leg and its call at two nodes, over a way that loses and doubles what the test says. */
function stage() {
  const clock = new VirtualClock();
  const real = new WiredLeg("real");
  const state = { remote: 0, hosted: 0 };
  /** The fate of the n-th frame, either way: how often it comes. */
  let fate: (n: number) => number = () => 1;
  let frames = 0;
  const carry = (come: () => void): void => {
    frames += 1;
    for (let times = fate(frames); times > 0; times--) come();
  };
  const remote: RemoteLeg = new RemoteLeg({ leg: "l" as LegId, kind: "rtp", party: real.party, wire: "sip" }, "host", {
    clock,
    send: (frame: LineFrame<OwnerSays>) => carry(() => hosted.take(copied(frame))),
    opened: () => void (state.remote += 1),
    closed: () => void (state.remote -= 1),
  });
  const hosted: HostedLeg = new HostedLeg(real, "owner", {
    clock,
    send: (frame: LineFrame<HostSays>) => carry(() => remote.take(copied(frame))),
    closed: () => void (state.hosted += 1),
  });
  const facts: LegFact[] = [];
  const passed: [WireFact, Moment][] = [];
  remote.listen((fact) => facts.push(fact));
  remote.observe((...one) => passed.push(one));
  const lines = (): string[] => passed.map(([fact]) => (fact.protocol === "sip" ? fact.line : fact.type));
  return { clock, real, remote, hosted, state, facts, passed, lines, lose: (now: typeof fate) => void (fate = now) };
}

describe("a leg at another node", () => {
  it("is commanded, and tells its facts and what passes on its far side, after its end too", () => {
    const { clock, real, remote, state, facts, lines } = stage();
    remote.command({ do: "offer", call });
    real.fact({ is: "ringing" });
    real.fact({ is: "answered" });
    remote.command({ do: "confirm" });
    remote.command({ do: "end", cause: { code: "normal" }, by: "remote" });
    real.passed({ ...bye, line: "SIP/2.0 200 OK" }, { at: 0, monotonic: 0 });
    assert.deepEqual(real.done, ["offer", "confirm", "end"]);
    assert.deepEqual(facts, [{ is: "ringing" }, { is: "answered" }]);
    assert.deepEqual(lines(), ["SIP/2.0 200 OK"]);
    clock.advance(2_000);
    assert.deepEqual([state, clock.pending, real.heard], [{ remote: 0, hosted: 1 }, 0, false]);
  });

  it("holds nothing before it is commanded", () => {
    const { clock, real, remote, state } = stage();
    remote.command({ do: "end", cause: { code: "answered-elsewhere" }, by: "system" });
    assert.deepEqual([state.remote, real.done, clock.pending], [0, [], 0]);
  });

  for (const [title, fate] of [
    ["a third of the frames is lost", (n: number) => (chance(n) < 0.33 ? 0 : 1)],
    ["every frame comes twice", () => 2],
    ["half is lost, and the rest comes twice", (n: number) => (chance(n) < 0.5 ? 0 : 2)],
  ] as const) {
    it(`hears and tells everything once and in order when ${title}`, () => {
      const { clock, real, remote, state, facts, lose } = stage();
      lose(fate);
      remote.command({ do: "offer", call });
      for (const digit of "123") remote.command({ do: "digit", digit, durationMs: 100 });
      clock.advance(10_000);
      for (const digits of "4567") real.fact({ is: "digits", digits, durationMs: 100 });
      clock.advance(10_000);
      real.fact({ is: "ended", cause: { code: "normal" } });
      clock.advance(20_000);
      assert.deepEqual(real.done, ["offer", "digit", "digit", "digit"]);
      assert.equal(facts.map((fact) => (fact.is === "digits" ? fact.digits : fact.is)).join(""), "4567ended");
      lose(() => 1);
      remote.repeat();
      clock.advance(2_000);
      assert.deepEqual([state.remote, clock.pending], [0, 0]);
    });
  }

  it("tells when something passed, though the way was cut then", () => {
    const { clock, real, remote, passed, lose } = stage();
    remote.command({ do: "offer", call });
    clock.advance(1_000);
    lose(() => 0);
    const moment = { at: clock.now(), monotonic: clock.monotonic() };
    real.passed(bye, moment);
    clock.advance(5_000);
    assert.equal(passed.length, 0);
    lose(() => 1);
    clock.advance(500);
    assert.deepEqual(passed, [[bye, moment]]);
  });

  it("ends when its node is gone, or takes nothing for too long, and is commanded no more", () => {
    const { remote, real, facts, state } = stage();
    remote.command({ do: "offer", call });
    remote.lost({ code: "network-lost" });
    remote.command({ do: "confirm" });
    assert.deepEqual(
      [facts, real.done, state.remote],
      [[{ is: "ended", cause: { code: "network-lost" } }], ["offer"], 0],
    );

    const full = stage();
    full.lose(() => 0);
    full.remote.command({ do: "offer", call });
    for (let pressed = 0; pressed < 300; pressed++) full.remote.command({ do: "digit", digit: "1", durationMs: 100 });
    assert.deepEqual(
      full.facts.map(({ is }) => is),
      ["ended"],
    );
    assert.equal(full.clock.pending, 0);
  });

  it("is ended when its owner is gone", () => {
    const { clock, remote, real, hosted } = stage();
    remote.command({ do: "offer", call });
    hosted.end({ code: "network-lost" });
    assert.equal(real.last("end").cause.code, "network-lost");
    remote.lost({ code: "network-lost" });
    assert.equal(clock.pending, 0);
  });
});
