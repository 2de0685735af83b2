import assert from "node:assert/strict";
import type { JournalEntry } from "../../../gateway/call/journal.ts";
import { BoundedEntries } from "../../../gateway/records/bounded-entries.ts";
import { Recorder } from "../../../gateway/records/recorder.ts";
import { offer, answer, CallRig, ringTimeout } from "../../support/call-rig.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { settled } from "../../support/settled.ts";
import { timed } from "../../support/story-sample.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const fact = (leg: number): JournalEntry => ({ is: "fact", leg, fact: "ringing" });
const many = (count: number) => timed(Array.from({ length: count }, (_, index) => fact(index)));
const legs = (entries: readonly { readonly is: string }[]): number[] =>
  entries.map((entry) => ("leg" in entry ? Number(entry.leg) : -1));

describe("the entries of a story", () => {
  it("are all kept while there is room", () => {
    const bounded = new BoundedEntries({ entries: 10, bytes: 1e6 });
    for (const entry of many(5)) bounded.add(entry);
    assert.deepEqual([legs(bounded.entries), bounded.gap], [[0, 1, 2, 3, 4], undefined]);
  });

  it("beyond it the first and the last are kept, and the gap is counted", () => {
    const bounded = new BoundedEntries({ entries: 8, bytes: 1e6 });
    for (const entry of many(100)) bounded.add(entry);
    assert.deepEqual(legs(bounded.entries), [0, 1, 2, 3, 96, 97, 98, 99]);
    assert.deepEqual([bounded.gap, bounded.dropped], [{ behind: 3, count: 92 }, 92]);
  });

  it("are bounded in bytes too", () => {
    const bounded = new BoundedEntries({ entries: 1000, bytes: 2000 });
    for (const entry of many(1000)) bounded.add(entry);
    assert.ok(JSON.stringify(bounded.entries).length < 2600);
    assert.equal(legs(bounded.entries).at(-1), 999);
  });

  it("stand in the order of time, whenever they were told", () => {
    const bounded = new BoundedEntries();
    for (const entry of many(3).reverse()) bounded.add(entry);
    assert.deepEqual(legs(bounded.entries), [0, 1, 2]);
  });
});

describe("a recorder", () => {
  const begun = () => {
    const clock = new VirtualClock();
    const finished: Recorder[] = [];
    const recorder = new Recorder(
      {
        reference: "K7F3QM",
        node: "n",
        from: "a",
        to: "b",
        clock,
        lingerMs: 2000,
        finished: (one) => finished.push(one),
      },
      { at: clock.now(), monotonic: clock.monotonic() },
    );
    const now = () => ({ at: clock.now(), monotonic: clock.monotonic() });
    return { clock, recorder, finished, now };
  };

  it("takes what comes for a while after the end, and nothing later", () => {
    const { clock, recorder, finished, now } = begun();
    recorder.note(fact(1), now());
    recorder.ended({ cause: { code: "normal" }, by: "caller", durationMs: 0 });
    clock.advance(1500);
    recorder.note(fact(2), now());
    assert.equal(finished.length, 0);
    clock.advance(1000);
    recorder.note(fact(3), now());
    assert.deepEqual([finished.length, legs(recorder.story().entries)], [1, [1, 2]]);
    assert.equal(clock.pending, 0);
  });

  it("begins with what a leg heard before there was a call", () => {
    const { clock, recorder, now } = begun();
    const early = { at: clock.now() - 30, monotonic: clock.monotonic() - 30 };
    recorder.note(fact(0), early);
    clock.advance(10);
    recorder.note(fact(1), now());
    const { startedAt, entries } = recorder.story();
    assert.deepEqual([startedAt, entries.map(({ ms }) => ms)], [early.at, [0, 40]]);
  });

  it("is finished once, however often", () => {
    const { recorder, finished } = begun();
    recorder.refused({ refusal: "password", status: 403, address: "192.0.2.7" });
    recorder.finish();
    assert.equal(finished.length, 1);
  });
});

/** What a journal was told, in short. */
class Notes {
  readonly lines: string[] = [];
  readonly entries: JournalEntry[] = [];

  leg(number: number): void {
    this.lines.push(`leg ${number}`);
  }

  note(entry: JournalEntry): void {
    this.entries.push(entry);
    this.lines.push(shortly(entry));
  }

  ended({ cause }: { cause: { code: string } }): void {
    this.lines.push(`over ${cause.code}`);
  }
}

function shortly(entry: JournalEntry): string {
  switch (entry.is) {
    case "fact":
      return `${entry.leg} says ${entry.fact}`;
    case "command":
      return `${entry.leg} is told ${entry.command}`;
    case "relay":
      return `relay ${entry.operation} of ${entry.side}${entry.failed ? `: ${entry.failed}` : ""}`;
    case "state":
      return `${entry.from} -${entry.input}-> ${entry.to}`;
    case "counters":
      return `counters ${Object.keys(entry.sides).join()}`;
    case "media":
      return `media ${entry.event}`;
    case "wire":
      return `wire ${entry.leg}`;
  }
}

describe("the journal of a call", () => {
  const sdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES inline:secret\r\n";

  it("has each input and command, in order, and what passed the relay", async () => {
    const notes = new Notes();
    const rig = new CallRig({ journal: notes });
    rig.relay.counters = [
      { leg: "caller", packets: 5, octets: 860, errors: 0 },
      { leg: "call.rtp", packets: 0, octets: 0, errors: 0 },
    ];
    const bob = new FakeLeg("bob");
    await rig.ring(bob);
    bob.fact({ is: "ringing" });
    bob.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    bob.fact({ is: "ended", cause: { code: "normal" } });
    await settled();
    assert.deepEqual(notes.lines, [
      "leg 0",
      "routing -routed-> ringing",
      "leg 1",
      "relay offer of caller",
      "1 is told offer",
      "1 says ringing",
      "0 is told ringing",
      "1 says answered",
      "ringing -branch-answered-> answering",
      "relay answer of callee",
      "answering -joined-> connected",
      "0 is told answer",
      "1 is told confirm",
      "1 says ended",
      "connected -leg-ended-> ended",
      "0 is told end",
      "over normal",
      "counters caller,callee",
    ]);
  });

  it("has the timer that ended it, and what a relay refused", async () => {
    const notes = new Notes();
    const rig = new CallRig({ journal: notes });
    rig.relay.refuses = "timeout";
    await rig.ring(new FakeLeg("bob"));
    assert.ok(notes.lines.includes("relay offer of caller: timeout"));
    const other = new Notes();
    const late = new CallRig({ journal: other });
    await late.ring(new FakeLeg("bob"));
    late.clock.advance(ringTimeout);
    assert.ok(other.lines.includes("ringing -ring-timeout-> ended"), other.lines.join());
  });

  it("keeps an outline of a description, never its text", async () => {
    const notes = new Notes();
    const caller = new FakeLeg("caller", "srtp");
    Object.assign(caller, {
      observe: (listener: (fact: object, moment: object) => void) =>
        listener(
          { protocol: "sip", direction: "in", line: "INVITE", headers: [], description: offer(sdp) },
          { at: 0, monotonic: 0 },
        ),
    });
    const rig = new CallRig({ caller, offer: offer(sdp), journal: notes });
    await rig.ring(new FakeLeg("bob"));
    const [wire] = notes.entries.filter((entry) => entry.is === "wire");
    assert.deepEqual(wire?.media?.media[0], {
      kind: "audio",
      address: "192.0.2.7",
      port: 4000,
      protocol: "RTP/SAVP",
      direction: "sendrecv",
      codecs: ["PCMA/8000"],
    });
    assert.ok(!JSON.stringify(notes.entries).includes("secret"));
  });

  it("does not hold what keys were pressed", async () => {
    const notes = new Notes();
    const bob = new FakeLeg("bob");
    const rig = new CallRig({ journal: notes });
    await rig.ring(bob);
    bob.fact({ is: "answered", description: answer("callee answer ") });
    await settled();
    rig.caller.fact({ is: "digits", digits: "4711#", durationMs: 160 });
    await settled();
    rig.clock.advance(2000);
    assert.ok(notes.lines.includes("relay digit of caller"));
    assert.ok(!JSON.stringify(notes.entries).includes("4711"));
    assert.doesNotMatch(JSON.stringify(notes.entries), /"digit":"[0-9#]"/);
  });
});
