import assert from "node:assert/strict";
import {
  negotiate,
  otherSide,
  stable,
  type Negotiation,
  type NegotiationInput,
  type Side,
} from "../../../gateway/call/negotiation.ts";

/**
 * What follows from what each side says, by the phase: `act→next phase`. `own` is the side whose change is under way.
 * RFC 3261 14.2: any offer that meets another is glare.
 */
const table = `
says                offering             asking                      confirming
own:offer           glare→offering       glare→asking                glare→confirming
own:empty-offer     glare→offering       glare→asking                glare→confirming
own:answer          drop→offering        drop→asking                 pass-late-answer→stable
own:refusal         drop→offering        drop→asking                 drop→confirming
other:offer         glare→offering       glare→asking                glare→confirming
other:empty-offer   glare→offering       glare→asking                glare→confirming
other:answer        pass-answer→stable   pass-late-offer→confirming  drop→confirming
other:refusal       pass-refusal→stable  pass-refusal→stable         drop→confirming`;

const [[, ...phases] = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) => line.split(/ +/));

const sides: readonly Side[] = ["caller", "callee"];

describe("offers and answers of a standing call", () => {
  for (const own of sides) {
    for (const [says = "", ...cells] of rows) {
      phases.forEach((phase, column) => {
        it(`${own}'s ${phase}, ${says} → ${cells[column]}`, () => {
          const [who, got] = says.split(":");
          const side = who === "own" ? own : otherSide(own);
          const { act, next } = negotiate({ phase, by: own } as Negotiation, { side, got } as NegotiationInput);
          assert.equal(`${act}→${next.phase}`, cells[column]);
          if (next.phase !== "stable") assert.equal(next.by, own);
        });
      });
    }
  }

  for (const side of sides) {
    for (const [got, act, next] of [
      ["offer", "pass-offer", { phase: "offering", by: side }],
      ["empty-offer", "ask", { phase: "asking", by: side }],
      ["answer", "drop", stable],
      ["refusal", "drop", stable],
    ] as const) {
      it(`stable, ${side}: ${got} → ${act}`, () => assert.deepEqual(negotiate(stable, { side, got }), { act, next }));
    }
  }
});
