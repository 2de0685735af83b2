import assert from "node:assert/strict";
import type { Address } from "../../../gateway/call/leg.ts";
import { testNumberOf, testNumbers } from "../../../gateway/switchboard/test-numbers.ts";

const caller = (address: Address) => ({ address });
const alice = caller({ user: "alice@a.example" });

describe("test numbers", () => {
  it("600 echoes, 601 is a tone of 1 kHz", () => {
    assert.deepEqual([testNumberOf("600", alice), testNumberOf("601", alice)], [{ echo: true }, { tone: 1000 }]);
  });

  for (const [address, digits] of [
    [{ tel: "+33 1-23" }, "33123"],
    [{ user: "1001@a.example" }, "1001"],
    [{ user: "alice2@b3.example" }, "2"],
    [{ user: "alice@a1.example" }, "25423"], // ITU-T E.161
    [{ user: "Wxyz@a.example" }, "9999"],
    [{ user: "_@a.example" }, "0"],
    [{ sip: "sip:0612@c.example" }, "0612"],
    [{ sip: "sips:pqr@c.example" }, "777"],
  ] as [Address, string][]) {
    it(`602 reads ${digits} to ${JSON.stringify(address)}`, () => {
      assert.deepEqual(testNumberOf("602", caller(address)), { digits });
    });
  }

  for (const number of ["603", "0600", "60", "6000", "", "+600"]) {
    it(`${number || "nothing"} is none`, () => assert.equal(testNumberOf(number, alice), undefined));
  }

  it("are all made known", () => {
    for (const { number } of testNumbers) assert.ok(testNumberOf(number, alice), number);
  });
});
