import assert from "node:assert/strict";
import { bestCause, type Cause, type CauseCode } from "../../../gateway/call/cause.ts";

const of = (...codes: CauseCode[]): Cause[] => codes.map((code) => ({ code }));

describe("the best cause of several failed branches", () => {
  for (const [failed, best] of [
    [of("unavailable", "busy"), "busy"],
    [of("busy", "declined"), "declined"], // RFC 3261 16.7 step 6: a 6xx before all others
    [of("no-answer", "not-found"), "no-answer"],
    [of("asleep", "unavailable"), "asleep"],
    [of("not-found", "unavailable"), "unavailable"],
    [of("redirected", "unavailable"), "redirected"],
    [of("server-error", "not-acceptable"), "not-acceptable"],
    [of("network-lost", "overload"), "overload"],
    [of("not-found"), "not-found"],
    [of(), "unavailable"],
  ] as const) {
    it(`of ${failed.map(({ code }) => code).join(", ") || "none"} is ${best}`, () => {
      assert.equal(bestCause(failed).code, best);
      assert.equal(bestCause([...failed].reverse()).code, best);
    });
  }

  it("comes with what the network said, the first of equals", () => {
    const first: Cause = { code: "busy", sip: 486, q850: 17 };
    assert.equal(bestCause([first, { code: "busy", sip: 600 }]), first);
  });
});
