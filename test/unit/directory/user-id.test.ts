import assert from "node:assert/strict";
import { parseUserId, printUserId, userKey } from "../../../gateway/directory/user-id.ts";

const users: readonly [string, string | undefined][] = [
  ["alice@a.example", "alice@a.example"],
  ["Alice@A.Example", "Alice@a.example"],
  ["a.b_c~d!e$f&g'h*i+j=k-l@a.example", "a.b_c~d!e$f&g'h*i+j=k-l@a.example"],
  ["alice", undefined],
  ["@a.example", undefined],
  ["alice@", undefined],
  ["alice@a@b", undefined],
  ["a/b@a.example", undefined],
  ["alice@a/b", undefined],
  ["alice @a.example", undefined],
  ["alice@a.example\n", undefined],
  ["al\0ice@a.example", undefined],
  [`${"x".repeat(65)}@a.example`, undefined],
  [`alice@${"x".repeat(191)}`, undefined],
];

describe("name@domain", () => {
  for (const [text, printed] of users) {
    it(`${printed === undefined ? "is not" : "is"} ${JSON.stringify(text).slice(0, 60)}`, () => {
      const user = parseUserId(text);
      assert.equal(user && printUserId(user), printed);
    });
  }

  it("has a key that starts with its domain and is no other user's", () => {
    assert.equal(userKey({ domain: "a.example", name: "alice" }), "a.example/alice");
    assert.notEqual(userKey({ domain: "a", name: "b.alice" }), userKey({ domain: "a.b", name: "alice" }));
  });
});
