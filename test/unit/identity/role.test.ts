import assert from "node:assert/strict";
import { includesRole, isRole, roleOf } from "../../../gateway/identity/role.ts";

describe("a role", () => {
  for (const [claim, role] of [
    [undefined, "user"],
    [["support"], "support"],
    [["support", "operator"], "operator"],
    [["user", "root", 7, null], "user"],
    ["operator", "user"],
    [{ 0: "operator", length: 1 }, "user"],
  ] as const) {
    it(`of the claim ${JSON.stringify(claim)} is ${role}`, () => assert.equal(roleOf(claim), role));
  }

  it("includes those below", () => {
    const wanted = ["user", "support", "operator"] as const;
    const included = wanted.map((role) => wanted.filter((one) => includesRole(role, one)).length);
    assert.deepEqual(included, [1, 2, 3]);
  });

  it("is one of three words", () => assert.deepEqual(["support", "Support", ""].map(isRole), [true, false, false]));
});
