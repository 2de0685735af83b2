import assert from "node:assert/strict";
import { parseJson } from "../../../gateway/base/json.ts";
import type { LegCommand, LegFact, OfferedCall } from "../../../gateway/call/leg.ts";
import { answer, offer } from "../../support/call-rig.ts";

const call: OfferedCall = {
  callId: "c",
  reference: "K7F3QM",
  from: { address: { user: "alice@a.example" }, name: "Álice", user: "alice@a.example" },
  data: { order: [7, null, "x"] },
};
const cause = { code: "busy", sip: 486, q850: 17, text: "away" } as const;

/** One of each; the types see to it that none is missing. */
const commands: { readonly [Name in LegCommand["do"]]: Extract<LegCommand, { do: Name }> } = {
  offer: { do: "offer", description: offer("v=0"), call },
  ringing: { do: "ringing" },
  early: { do: "early", description: answer("v=0") },
  answer: { do: "answer", description: answer("v=0") },
  confirm: { do: "confirm", description: answer("v=0") },
  update: { do: "update", description: offer("v=0"), remoteHold: true },
  updated: { do: "updated", description: answer("v=0") },
  renewed: { do: "renewed", description: answer("v=0") },
  "refuse-update": { do: "refuse-update", cause },
  digit: { do: "digit", digit: "#", durationMs: 160 },
  end: { do: "end", cause, by: "remote" },
};

const facts: { readonly [Name in LegFact["is"]]: Extract<LegFact, { is: Name }> } = {
  ringing: { is: "ringing" },
  early: { is: "early", description: answer("v=0") },
  answered: { is: "answered", description: answer("v=0") },
  confirmed: { is: "confirmed", description: answer("v=0") },
  update: { is: "update", description: offer("v=0") },
  updated: { is: "updated", description: answer("v=0") },
  "update-refused": { is: "update-refused", cause },
  away: { is: "away" },
  back: { is: "back" },
  renewed: { is: "renewed", description: offer("v=0") },
  digits: { is: "digits", digits: "1,2", durationMs: 160 },
  redirected: { is: "redirected", targets: ["sip:carol@a.example"], sip: 302 },
  ended: { is: "ended", cause },
};

describe("what goes to and comes from a leg is a value: it may live on another node", () => {
  for (const [name, value] of [...Object.entries(commands), ...Object.entries(facts)]) {
    it(`${"do" in value ? "command" : "fact"} ${name}`, () => {
      assert.deepEqual(
        parseJson(JSON.stringify(value), (_read): _read is unknown => true),
        value,
      );
    });
  }
});
