import assert from "node:assert/strict";
import { randomToken, readableCode, uuid } from "../../../gateway/base/ids.ts";

const many = <T>(make: () => T): T[] => Array.from({ length: 500 }, make);

describe("ids", () => {
  it("never come twice", () => {
    assert.equal(new Set(many(uuid)).size, 500);
    assert.equal(new Set(many(() => randomToken(16))).size, 500);
  });

  it("hold the entropy that was asked for, in letters that need no escaping", () => {
    for (const token of many(() => randomToken(32))) assert.match(token, /^[\w-]{43}$/);
  });

  it("can be read aloud: no letter that sounds or looks like another", () => {
    for (const code of many(() => readableCode())) assert.match(code, /^[2-9A-HJKMNP-TV-Z]{6}$/);
    assert.equal(readableCode(9).length, 9);
  });
});
