import assert from "node:assert/strict";
import { addressOf, ClientError, readTarget, type Target } from "../../../webclient/index.ts";

const isBadTarget = (thrown: unknown): boolean => thrown instanceof ClientError && thrown.code === "bad-target";

describe("readTarget", () => {
  const read: [text: string, target: Target][] = [
    ["+33186260010", { tel: "+33186260010" }],
    ["+33 1 86 26.00-10", { tel: "+33186260010" }],
    ["+1 (555) 010-9999", { tel: "+15550109999" }],
    ["tel:600", { tel: "600" }],
    ["TEL:+33-1", { tel: "+331" }],
    ["sip:bob@example.org", { sip: "sip:bob@example.org" }],
    ["sips:bob@example.org;transport=tcp", { sip: "sips:bob@example.org;transport=tcp" }],
    ["user:alice@localhost", { user: "alice@localhost" }],
    ["  sip:bob@example.org ", { sip: "sip:bob@example.org" }],
  ];
  for (const [text, target] of read) {
    it(`reads ${JSON.stringify(text)} as written`, () => assert.deepEqual(readTarget(text), target));
  }

  const refused: unknown[] = [
    "600",
    "0612345678",
    "alice",
    "alice@localhost",
    "",
    "sip:a b@x",
    "sip:a\r\nX: y@x",
    "user:",
    `tel:${"1".repeat(300)}`,
    {},
    { user: "" },
    { user: 5 },
    { user: "a@x", tel: "1" },
    { fax: "1" },
    null,
  ];
  for (const target of refused) {
    it(`refuses ${JSON.stringify(target)?.slice(0, 40)}`, () =>
      assert.throws(() => readTarget(target as Target), isBadTarget));
  }

  it("says that rooms are not there yet", () =>
    assert.throws(() => readTarget({ room: "x" } as unknown as Target), { code: "unsupported" }));

  it("writes a target as people do", () => {
    assert.deepEqual(
      [{ user: "a@x" }, { tel: "+331" }, { sip: "sip:b@y" }].map((target) => addressOf(target as Target)),
      ["a@x", "+331", "b@y"],
    );
  });
});
