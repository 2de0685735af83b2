import assert from "node:assert/strict";
import { parseJson } from "../../../gateway/base/json.ts";
import { Dialog } from "../../../gateway/sip-server/dialog/dialog.ts";
import { dialogOf, isDialogRecord, recordOf } from "../../../gateway/sip-server/dialog/dialog-record.ts";
import { serverItself } from "../../../gateway/sip-server/dialog/owner.ts";
import type { Flow } from "../../../gateway/sip-server/transport/flow.ts";

const address = { host: "192.0.2.1", port: 5060 };
const flow: Flow = {
  listener: { protocol: "udp", ...address },
  address,
  remote: { host: "192.0.2.9", port: 5070 },
  reliable: false,
  open: true,
  send: () => {},
};

describe("a dialog that is kept for after a restart", () => {
  const made = { id: "c;from-tag=a", kind: "INVITE", role: "uas", callId: "c", localTag: "b", remoteTag: "a" } as const;
  const dialog = new Dialog({
    ...made,
    local: "<sip:b>",
    remote: "<sip:a>",
    routeSet: [],
    owner: serverItself,
    localSeq: 3,
    flow,
  });

  const restarted = (): Dialog => {
    const record = parseJson(JSON.stringify(recordOf(dialog)), isDialogRecord);
    return dialogOf(record, serverItself, undefined);
  };

  it("goes on with its session timer, its last description and what its peer allows (RFC 4028)", () => {
    dialog.session = { seconds: 1800, refresher: "us" };
    dialog.description = Buffer.from("v=0\r\n");
    dialog.takesUpdate = false;
    const { session, description, takesUpdate, state } = restarted();
    assert.deepEqual([session, description?.toString(), takesUpdate], [dialog.session, "v=0\r\n", false]);
    assert.equal(state, "confirmed");
  });

  it("or without, and never uses a CSeq twice", () => {
    dialog.session = dialog.description = dialog.takesUpdate = undefined;
    const { session, description, takesUpdate, localSeq } = restarted();
    assert.deepEqual([session, description, takesUpdate], [undefined, undefined, undefined]);
    assert.ok(localSeq > 3);
  });
});
