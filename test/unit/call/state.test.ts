import assert from "node:assert/strict";
import { nextCallState, type CallInput, type CallState } from "../../../gateway/call/state.ts";

/** The state after each input, by the state before; `-`: the input is dropped. */
const table = `
input             routing     ringing     answering   confirming  connected   ended
routed            ringing     -           -           -           -           -
unroutable        ended       -           -           -           -           -
progress          -           ringing     -           -           -           -
branch-answered   -           answering   -           -           -           -
branch-left       -           ringing     -           -           -           -
last-branch-left  -           ended       -           -           -           -
joined            -           -           connected   -           -           -
offer-joined      -           -           confirming  -           -           -
confirmed         -           -           -           connected   -           -
leg-ended         ended       ended       ended       ended       ended       -
ring-timeout      -           ended       -           -           -           -
media-failed      ended       ended       ended       ended       ended       -
closed            ended       ended       ended       ended       ended       -`;

const [[, ...states] = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) => line.split(/ +/));

describe("the states of a call", () => {
  for (const [input, ...cells] of rows) {
    states.forEach((state, column) => {
      it(`${state} + ${input} → ${cells[column]}`, () => {
        assert.equal(nextCallState(state as CallState, input as CallInput) ?? "-", cells[column]);
      });
    });
  }
});
