import assert from "node:assert/strict";
import type { Dialog } from "../../../gateway/sip-server/dialog/dialog.ts";
import { DialogTable } from "../../../gateway/sip-server/dialog/dialog-table.ts";

describe("the dialog table", () => {
  const dialog = (id: string, localTag: string): Dialog =>
    ({ id, callId: "c", localTag, remoteTag: "r", state: "confirmed" }) as Dialog;

  it("does not lose a dialog when an earlier one of its id ends twice", () => {
    const table = new DialogTable();
    const removed: Dialog[] = [];
    table.events.on("removed", (one) => removed.push(one));
    const first = dialog(table.reserveId("c", "f"), "one");
    table.add(first);
    assert.equal(table.remove(first), true);
    const second = dialog(table.reserveId("c", "f"), "two");
    assert.equal(second.id, first.id);
    table.add(second);
    assert.equal(table.remove(first), false);
    assert.equal(table.bySip("c", "two", "r"), second);
    assert.equal(table.byId(second.id), second);
    assert.deepEqual(removed, [first]);
    assert.notEqual(table.reserveId("c", "f"), second.id);
  });
});
