import assert from "node:assert/strict";
import { mostAvailable, seenStatus, type Said } from "../../../gateway/presence/status.ts";
import type { PresenceStatus } from "../../../gateway/protocol/values.ts";

describe("the status that others see", () => {
  const rows: readonly [said: PresenceStatus | undefined, talks: boolean, here: boolean, seen: string][] = [
    [undefined, false, true, "online"],
    [undefined, false, false, "offline"],
    [undefined, true, true, "in-a-call"],
    [undefined, true, false, "in-a-call"],
    ["online", false, true, "online"],
    ["online", false, false, "offline"],
    ["online", true, true, "in-a-call"],
    ["away", false, true, "away"],
    ["away", true, true, "in-a-call"],
    ["busy", false, true, "busy"],
    ["busy", true, true, "in-a-call"],
    ["busy", false, false, "offline"],
    ["do-not-disturb", false, true, "do-not-disturb"],
    ["do-not-disturb", true, true, "do-not-disturb"],
    ["invisible", false, true, "offline"],
    ["invisible", true, true, "offline"],
  ];
  for (const [said, talks, here, seen] of rows) {
    it(`is ${seen} for ${said ?? "nothing said"}${talks ? ", who talks" : ""}${here ? "" : ", away from all devices"}`, () =>
      assert.equal(seenStatus(said, { talks, here }), seen));
  }
});

describe("of what several sessions said", () => {
  const said = (status: PresenceStatus, turn: number, note?: string): Said => ({
    status,
    turn,
    ...(note !== undefined && { note }),
  });

  it("the most available counts, whoever said it when", () => {
    const order: PresenceStatus[] = ["online", "away", "busy", "do-not-disturb", "invisible"];
    for (const [index, status] of order.entries()) {
      const those = order.slice(index).map((one, turn) => said(one, turn));
      assert.equal(mostAvailable(those)?.status, status);
      assert.equal(mostAvailable(those.reverse())?.status, status);
    }
  });

  it("the later note counts among two of the same status", () => {
    assert.equal(mostAvailable([said("away", 2, "Tea"), said("away", 1, "Lunch")])?.note, "Tea");
  });

  it("nothing counts when nothing was said", () => assert.equal(mostAvailable([]), undefined));
});
