import assert from "node:assert/strict";
import type { Address } from "../../../gateway/call/leg.ts";
import { defaultRights, matches, mayCall } from "../../../gateway/switchboard/rights.ts";

const user: Address = { user: "bob@a.example" };
const french: Address = { tel: "+33123456789" };
const outside: Address = { sip: "sip:carol@c.example;transport=tcp" };

describe("what a caller may call", () => {
  for (const [rights, address, may] of [
    [["user:*"], user, true],
    [["user:*@a.example"], user, true],
    [["user:*@b.example"], user, false],
    [["USER:Bob@*"], user, true],
    [["user:bob"], user, false],
    [["tel:*"], user, false],
    [["tel:+33*"], french, true],
    [["tel:+34*"], french, false],
    [["tel:33*"], french, false],
    [["tel:+34*", "tel:+33*"], french, true],
    [["tel:*789"], french, true],
    [["tel:+33*45*9"], french, true],
    [["tel:+33*54*9"], french, false],
    [["sip:*@c.example"], outside, true],
    [["sip:carol@*"], outside, true],
    [["sip:*@d.example"], outside, false],
    [[], user, false],
    [["*"], user, true],
    [[""], user, false],
    [defaultRights, user, true],
    [defaultRights, french, true],
    [defaultRights, outside, false],
  ] as [string[], Address, boolean][]) {
    it(`${JSON.stringify(rights)} ${may ? "allows" : "does not allow"} ${JSON.stringify(address)}`, () => {
      assert.equal(mayCall(rights, address), may);
    });
  }

  // The host decides, wherever else the allowed one is written.
  for (const sip of [
    "sip:x@c.example;@evil.example",
    "sip:carol@evil.example;x=@c.example",
    "sip:carol@evil.example?x=@c.example",
    "sip:x%40c.example@evil.example",
    "carol@evil.example;maddr=c.example",
    "sip:carol@c.example.evil.example",
  ]) {
    it(`sip:*@c.example does not allow ${sip}`, () => assert.equal(mayCall(["sip:*@c.example"], { sip }), false));
  }
});

describe("a pattern", () => {
  for (const [pattern, text, fits] of [
    ["*", "", true],
    ["**", "x", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a*bc*c", "abc", false],
    ["a.c", "abc", false], // no regular expression
    ["a?c", "abc", false],
    ["[a]", "a", false],
  ] as const) {
    it(`${pattern} ${fits ? "fits" : "does not fit"} ${text || "nothing"}`, () =>
      assert.equal(matches(pattern, text), fits));
  }

  it("is never slow, whatever is in it", () => {
    const start = performance.now();
    assert.equal(matches(`${"*a".repeat(100)}*b*`, "a".repeat(50_000)), false);
    assert.equal(matches(`${"a*".repeat(1000)}c`, `${"a".repeat(50_000)}b`), false);
    assert.ok(performance.now() - start < 500);
  });
});
