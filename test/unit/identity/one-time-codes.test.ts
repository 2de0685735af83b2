import assert from "node:assert/strict";
import { OneTimeCodes } from "../../../gateway/identity/one-time-codes.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = { name: "alice", domain: "a.example" };
const bob = { name: "bob", domain: "a.example" };

function stage(max = 10) {
  const clock = new VirtualClock();
  return { clock, codes: new OneTimeCodes(clock, { life: 600_000, memory: 3_600_000, max }) };
}

const refusal = (codes: OneTimeCodes, code: string): string => {
  try {
    return codes.redeem(code).name;
  } catch (fault) {
    return (fault as { code: string }).code;
  }
};

describe("a one-time code", () => {
  it("is read easily: eight letters and digits that nobody confuses", () => {
    assert.match(stage().codes.issue(alice), /^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
  });

  it("signs one user in, once", () => {
    const { codes } = stage();
    const [first, second] = [codes.issue(alice), codes.issue(bob)];
    assert.deepEqual(codes.redeem(second), bob);
    assert.deepEqual(codes.redeem(first), alice);
    assert.deepEqual([refusal(codes, first), refusal(codes, second)], ["code-used", "code-used"]);
  });

  it("may be written without its dash, in small letters, with blanks", () => {
    const { codes } = stage();
    const code = codes.issue(alice);
    assert.deepEqual(codes.redeem(` ${code.toLowerCase().replace("-", " ")} `), alice);
  });

  it("expires after ten minutes, and says so for an hour", () => {
    const { clock, codes } = stage();
    const [first, second] = [codes.issue(alice), codes.issue(bob)];
    clock.advance(600_000);
    assert.deepEqual(codes.redeem(first), alice);
    clock.advance(1);
    assert.equal(refusal(codes, second), "code-expired");
    clock.advance(3_600_000);
    assert.deepEqual([refusal(codes, first), refusal(codes, second)], ["code-unknown", "code-unknown"]);
  });

  for (const text of ["", "-", "AAAA-AAAA", "constructor", "__proto__"]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      const { codes } = stage();
      codes.issue(alice);
      assert.equal(refusal(codes, text), "code-unknown");
    });
  }

  it("is asked for only once one was given out", () => {
    const { codes } = stage();
    assert.equal(codes.inUse, false);
    codes.issue(alice);
    assert.equal(codes.inUse, true);
  });

  it("is one of a bounded number: the oldest is forgotten", () => {
    const { codes } = stage(2);
    const [first, second, third] = [codes.issue(alice), codes.issue(alice), codes.issue(alice)];
    assert.equal(refusal(codes, first), "code-unknown");
    assert.deepEqual([refusal(codes, second), refusal(codes, third)], ["alice", "alice"]);
  });
});
