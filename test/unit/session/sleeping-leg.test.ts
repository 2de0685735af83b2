import assert from "node:assert/strict";
import type { LegFact, OfferedCall } from "../../../gateway/call/leg.ts";
import { SleepingLeg } from "../../../gateway/session/sleeping-leg.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdp = "v=0\r\n";
const description = { kind: "offer", sdp, generation: 1 } as const;
const answer = { kind: "answer", sdp, generation: 1 } as const;
const from = { address: { user: "alice@a.example" } };
const call: OfferedCall = { callId: "c1", reference: "R1", from };
const wait = 20_000;

/** The call of a user whose browsers are asleep. `reached`: how many of them are woken. */
function rig({ reached = 1, late = false } = {}) {
  const clock = new VirtualClock();
  const facts: LegFact[] = [];
  const told: string[] = [];
  let open: FakeLeg[] = [];
  let opened: (() => void) | undefined;
  let woken = (_count: number): void => {};
  let closings = 0;
  const leg = new SleepingLeg({
    party: { address: { user: "bob@a.example" } },
    codecs: "follow",
    clock,
    wait,
    wake: () => (late ? new Promise((resolve) => (woken = resolve)) : Promise.resolve(reached)),
    over: (_call, missed) => told.push(missed ? "missed" : "over"),
    pages: () => Promise.resolve(open),
    onOpened: (listener) => {
      opened = listener;
      return () => (opened = undefined);
    },
    closed: () => (closings += 1),
  });
  leg.listen((fact) => facts.push(fact));
  return {
    clock,
    leg,
    facts,
    told,
    is: () => facts.map((fact) => fact.is),
    ended: () => facts.find((fact) => fact.is === "ended")?.cause.code,
    watched: () => opened !== undefined,
    closings: () => closings,
    woken: async (count: number) => {
      woken(count);
      await settled();
    },
    offer: async () => {
      leg.command({ do: "offer", description, call });
      await settled();
    },
    open: async (...pages: FakeLeg[]) => {
      open = pages;
      opened?.();
      await settled();
    },
  };
}

const page = (id: string): FakeLeg => new FakeLeg(id, "web");

describe("the leg of a user whose browsers are asleep", () => {
  it("rings once a browser is woken, and gives the call to the page that opens", async () => {
    const { leg, is, offer, open, told, facts, clock } = rig();
    await offer();
    assert.deepEqual(is(), ["ringing"]);
    const bob = page("bob");
    await open(bob);
    assert.deepEqual(bob.last("offer"), { do: "offer", description, call });
    bob.fact({ is: "ringing" });
    clock.advance(wait + 1);
    bob.fact({ is: "answered", description: answer });
    assert.deepEqual(facts.at(-1), { is: "answered", description: answer });
    assert.deepEqual(told, ["over"]);
    leg.command({ do: "confirm" });
    bob.fact({ is: "digits", digits: "1", durationMs: 100 });
    assert.deepEqual(
      [bob.done, is()],
      [
        ["offer", "confirm"],
        ["ringing", "answered", "digits"],
      ],
    );
    bob.fact({ is: "ended", cause: { code: "normal" } });
    assert.equal(facts.at(-1)?.is, "ended");
    assert.deepEqual(told, ["over"]);
  });

  it("ends when nobody came in time, and says so to the browsers", async () => {
    const at = rig();
    await at.offer();
    at.clock.advance(wait - 1);
    assert.equal(at.ended(), undefined);
    at.clock.advance(1);
    assert.deepEqual([at.ended(), at.told, at.watched(), at.closings()], ["asleep", ["missed"], false, 1]);
  });

  it("is unavailable at once when no browser could be woken", async () => {
    const at = rig({ reached: 0 });
    await at.offer();
    assert.deepEqual([at.is(), at.ended(), at.told], [["ended"], "unavailable", []]);
  });

  it("takes the notification back when the caller gives up, whenever that is", async () => {
    const at = rig();
    await at.offer();
    at.leg.command({ do: "end", cause: { code: "cancelled" }, by: "remote" });
    assert.deepEqual([at.is(), at.told, at.watched()], [["ringing"], ["missed"], false]);

    const early = rig({ late: true });
    await early.offer();
    early.leg.command({ do: "end", cause: { code: "cancelled" }, by: "remote" });
    assert.deepEqual(early.told, []);
    await early.woken(1);
    assert.deepEqual([early.is(), early.told], [[], ["over"]]);

    const answered = rig();
    await answered.offer();
    answered.leg.command({ do: "end", cause: { code: "answered-elsewhere" }, by: "system" });
    assert.deepEqual(answered.told, ["over"]);
  });

  it("rings all pages that are there, and the first to answer has it", async () => {
    const at = rig();
    await at.offer();
    const [one, two] = [page("one"), page("two")];
    await at.open(one, two);
    two.fact({ is: "answered", description: answer });
    assert.deepEqual(one.last("end").cause, { code: "answered-elsewhere" });
    assert.deepEqual([two.done, at.is()], [["offer"], ["ringing", "answered"]]);
    at.leg.command({ do: "end", cause: { code: "normal" }, by: "remote" });
    assert.deepEqual([two.done, at.closings()], [["offer", "end"], 1]);
  });

  it("waits on when the page that came is lost, for what is left of the time", async () => {
    const at = rig();
    await at.offer();
    at.clock.advance(5_000);
    const lost = page("lost");
    await at.open(lost);
    at.clock.advance(10_000);
    await at.open();
    lost.fact({ is: "ended", cause: { code: "network-lost" } });
    const again = page("again");
    await at.open(again);
    assert.deepEqual(again.done, ["offer"]);
    await at.open();
    again.fact({ is: "ended", cause: { code: "network-lost" } });
    at.clock.advance(4_999);
    assert.equal(at.ended(), undefined);
    at.clock.advance(1);
    assert.equal(at.ended(), "asleep");
  });

  it("is declined on the page, or on the notification", async () => {
    const onPage = rig();
    await onPage.offer();
    const bob = page("bob");
    await onPage.open(bob);
    bob.fact({ is: "ended", cause: { code: "declined" } });
    assert.deepEqual([onPage.ended(), onPage.told], ["declined", ["over"]]);

    const asleep = rig();
    await asleep.offer();
    asleep.leg.decline();
    asleep.leg.decline();
    assert.deepEqual([asleep.is(), asleep.ended(), asleep.told], [["ringing", "ended"], "declined", ["over"]]);
  });

  it("finds the page that opened while the call was on its way", async () => {
    const at = rig({ late: true });
    const bob = page("bob");
    await at.open(bob);
    await at.offer();
    assert.deepEqual(bob.done, ["offer"]);
    await at.woken(0);
    assert.equal(at.ended(), undefined);
    bob.fact({ is: "answered", description: answer });
    assert.deepEqual(at.told, []);
  });
});
