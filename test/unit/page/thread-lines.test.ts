import assert from "node:assert/strict";
import type { CallRecord, Message } from "../../../webclient/index.ts";
import { threadLines } from "../../../webclient/page/chats/thread-lines.ts";

const at = (day: number, hour: number, minute = 0): Date => new Date(2026, 9, day, hour, minute);
const bob = { user: "bob@a.example" };
const alice = { user: "alice@a.example" };

const message = (number: number, when: Date, from = bob): Message => ({
  id: `m${number}`,
  of: bob,
  number,
  from: { target: from, can: [] },
  at: when,
  text: `text ${number}`,
  state: "sent",
});
const call = (reference: string, when: Date): CallRecord => ({
  reference,
  peer: { target: bob, can: [] },
  direction: "in",
  at: when,
  durationMs: 0,
  end: { by: "remote", reason: "normal", text: "", reference, durationMs: 0 },
});

const drawn = (messages: readonly Message[], records: readonly CallRecord[] = [], more = false): string[] =>
  threadLines(messages, records, more).map((line) => {
    if (line.is === "day") return `day ${line.at.getDate()}`;
    return line.is === "call"
      ? line.record.reference
      : `${line.message.number}${line.follows ? "+" : ""}${line.brief ? "~" : ""}`;
  });

describe("a thread", () => {
  it("has calls and messages in the order of time, and a line for each day", () => {
    const said = [message(1, at(1, 9)), message(2, at(2, 9))];
    assert.deepEqual(drawn(said, [call("B", at(2, 10)), call("A", at(1, 10))]), ["day 1", "1", "A", "day 2", "2", "B"]);
  });

  it("puts together what one person says within two minutes, unless a call or another day lies between", () => {
    const said = [
      message(1, at(1, 9)),
      message(2, at(1, 9, 1)),
      message(3, at(1, 9, 2), alice),
      message(4, at(1, 9, 3), alice),
      message(5, at(1, 9, 10), alice),
    ];
    assert.deepEqual(drawn(said), ["day 1", "1~", "2+", "3~", "4+", "5"]);
    assert.deepEqual(drawn(said.slice(0, 2), [call("A", at(1, 9, 1))]).length, 4);
  });

  it("holds back calls that are older than the messages that were fetched", () => {
    const said = [message(9, at(2, 9))];
    assert.deepEqual(drawn(said, [call("A", at(1, 9)), call("B", at(2, 10))], true), ["day 2", "9", "B"]);
    assert.deepEqual(drawn([], [call("A", at(1, 9))], true), []);
    assert.deepEqual(drawn([], [call("A", at(1, 9))]), ["day 1", "A"]);
  });
});
