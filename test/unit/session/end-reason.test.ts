import assert from "node:assert/strict";
import { causeCodes, type CauseCode } from "../../../gateway/call/cause.ts";
import { endReasons, type EndReason } from "../../../gateway/protocol/causes.ts";
import { endReasonOf } from "../../../gateway/session/end-reason.ts";

const table: Readonly<Record<CauseCode, EndReason>> = {
  normal: "normal",
  busy: "busy",
  declined: "declined",
  "do-not-disturb": "declined",
  "no-answer": "no-answer",
  asleep: "no-answer",
  "not-found": "not-found",
  unavailable: "unavailable",
  "not-allowed": "not-allowed",
  "answered-elsewhere": "answered-elsewhere",
  cancelled: "cancelled",
  moved: "moved",
  redirected: "unavailable",
  "not-acceptable": "media-failed",
  "media-failed": "media-failed",
  "media-timeout": "media-failed",
  "relay-lost": "media-failed",
  "network-lost": "network-lost",
  "peer-timeout": "unavailable",
  "no-ack": "network-lost",
  "blocked-number": "blocked-number",
  "emergency-not-supported": "emergency-not-supported",
  "time-limit": "time-limit",
  overload: "overload",
  "server-error": "server-error",
  stopping: "server-error",
};

describe("what a page is told of the end", () => {
  for (const code of causeCodes) {
    it(`${code} is ${table[code]}, in a sentence`, () => {
      const { reason, text } = endReasonOf({ code, text: "of the network, not for people" });
      assert.equal(reason, table[code]);
      assert.match(text, /^[A-Z].*\.$/);
    });
  }

  it("uses every reason of the contract", () => {
    assert.deepEqual([...new Set(Object.values(table))].sort(), [...endReasons].sort());
  });
});
