import assert from "node:assert/strict";
import type { CallStory } from "../../../gateway/protocol/call-story.ts";
import { datagram } from "../../../gateway/records/pcap/datagram.ts";
import { pcapOf } from "../../../gateway/records/pcap/pcap.ts";
import { coloured } from "../../../gateway/records/text/paint.ts";
import { listText, storyText, wrapped } from "../../../gateway/records/text/story-text.ts";
import { summaryOf, viewOf } from "../../../gateway/records/view.ts";
import { sampleStory } from "../../support/story-sample.ts";

const around = { sameCauseToday: { calls: 14, firstAt: 0, networks: [{ name: "B", calls: 14 }] }, keptDays: 14 };
const story: CallStory = {
  ...viewOf(sampleStory({ callee: { packets: 0 }, address: "10.20.0.4" }), around),
  masked: false,
};

describe("a story as text", () => {
  const text = storyText(story, { width: 110 });
  const lines = text.split("\n");

  it("begins with the verdict and what to do", () => {
    assert.match(lines[0] ?? "", /^Call K7F3QM {2}alice@a\.example -> \+442079460958/);
    assert.equal(lines[2], "x One-way audio: nothing arrived from trunk B");
    assert.ok(lines.some((line) => line.startsWith("  - Have the other side announce")));
  });

  it("draws arrows between the lanes", () => {
    const row = (what: string): string => lines.find((line) => line.includes(what)) ?? assert.fail(text);
    assert.match(row("Browser "), /Browser +Gateway +Relay +Trunk B/);
    assert.match(row(" INVITE "), /^ +0\.200 +\| +\|-+ INVITE -+>\|$/);
    assert.match(row("SDP c="), /\|<-+ 200 OK, SDP c=10\.20\.0\.4 -+\|$/);
    assert.match(row(" 0 packets"), /\|<\.* 0 packets for 38 s \.*\|/);
  });

  it("is as wide as the terminal, and has no colour unless it is asked for", () => {
    for (const width of [70, 80, 120, 160])
      assert.ok(
        storyText(story, { width })
          .split("\n")
          .slice(8)
          .every((line) => line.length <= width),
        String(width),
      );
    assert.doesNotMatch(text, /\u001b/);
    assert.match(storyText(story, { width: 100, paint: coloured }), /\u001b\[31mx One-way/);
  });

  it("is a list where no ladder fits", () => {
    const narrow = storyText(story, { width: 60 }).split("\n");
    assert.ok(narrow.includes("0.200 Gateway > Trunk B: INVITE"));
  });

  it("shows headers and descriptions when asked", () => {
    assert.ok(!text.includes("CSeq"));
    assert.ok(storyText(story, { width: 100, details: true }).includes("CSeq: 1 INVITE"));
  });

  it("a list has a line a call", () => {
    const [line = ""] = listText([summaryOf(sampleStory())], { width: 120 }).split("\n");
    assert.match(line, /K7F3QM +38 s +alice@a\.example -> \+442079460958 +Nothing was wrong/);
    assert.match(listText([], { width: 80 }), /No calls/);
  });

  it("wraps words", () => assert.deepEqual(wrapped("one two three", 7), ["one two", "three"]));
});

describe("a story as a capture file", () => {
  it("begins as pcapng does, and each block says its length twice", () => {
    const file = Buffer.from(pcapOf(sampleStory()));
    const types: number[] = [];
    for (let at = 0; at < file.length;) {
      const length = file.readUInt32LE(at + 4);
      types.push(file.readUInt32LE(at));
      assert.equal(length % 4, 0);
      assert.equal(file.readUInt32LE(at + length - 4), length);
      at += length;
    }
    assert.deepEqual(types.slice(0, 2), [0x0a0d0d0a, 1]);
    assert.equal(types.filter((type) => type === 6).length, 6);
  });

  for (const [from, to] of [
    ["192.0.2.1", "198.51.100.7"],
    ["2001:db8::1", "2001:db8::2"],
    ["192.0.2.1", "2001:db8::2"],
  ] as const)
    it(`a datagram from ${from} to ${to} has right checksums (RFC 1071)`, () => {
      const packet = Buffer.from(
        datagram({ address: from, port: 5060 }, { address: to, port: 5080 }, Buffer.from("hello")),
      );
      const six = packet[0] === 0x60;
      const head = six ? 40 : 20;
      const addresses = six ? packet.subarray(8, 40) : packet.subarray(12, 20);
      const body = packet.subarray(head);
      const pseudo = Buffer.concat([addresses, Buffer.from([0, 0, 0, body.length, 0, 0, 0, 17])]);
      assert.equal(sum(Buffer.concat([pseudo, body])), 0xffff);
      if (!six) assert.equal(sum(packet.subarray(0, 20)), 0xffff);
      assert.deepEqual([body.readUInt16BE(0), body.readUInt16BE(2), body.toString("latin1", 8)], [5060, 5080, "hello"]);
    });
});

/** The ones' complement sum; all ones when the checksum within is right. */
function sum(data: Buffer): number {
  let total = 0;
  for (let at = 0; at < data.length; at += 2) total += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
