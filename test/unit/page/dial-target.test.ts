import assert from "node:assert/strict";
import type { Target } from "../../../webclient/index.ts";
import { dialTarget } from "../../../webclient/page/numbers/dial-target.ts";

const context = {
  ownDomain: "offhook.local",
  contacts: [
    { target: { user: "bob@offhook.local" }, name: "Bob Keller" },
    { target: { user: "ann@offhook.local" }, name: "Ann" },
    { target: { user: "sam@offhook.local" }, name: "Sammy" },
    { target: { user: "sam2@offhook.local" }, name: "Sammy" },
    { target: { tel: "+33612345678" }, name: "Élodie" },
  ],
};

describe("what the dial field calls", () => {
  const calls: [text: string, target: Target | undefined][] = [
    ["600", { tel: "600" }],
    ["*31#", { tel: "*31#" }],
    ["06 12 34 56 78", { tel: "0612345678" }],
    ["+33 (1) 86-26.00.10", { tel: "+33186260010" }],
    ["tel:+33-1-86", { tel: "+33186" }],
    ["tel:bob", undefined],
    ["bob@offhook.local", { user: "bob@offhook.local" }],
    ["bob@OFFHOOK.local", { user: "bob@OFFHOOK.local" }],
    ["zoe@example.org", { sip: "sip:zoe@example.org" }],
    ["sip:zoe@example.org;transport=tcp", { sip: "sip:zoe@example.org;transport=tcp" }],
    ["Bob Keller", { user: "bob@offhook.local" }],
    ["bob", { user: "bob@offhook.local" }],
    ["Ann", { user: "ann@offhook.local" }],
    ["Sammy", undefined],
    ["élodie", { tel: "+33612345678" }],
    ["nora", { user: "nora@offhook.local" }],
    ["Call me on +44 20 7946 0958, thanks", { tel: "+442079460958" }],
    ["Zoe <sip:zoe@example.org>", { sip: "sip:zoe@example.org" }],
    ["write to zoe@example.org or so", { sip: "sip:zoe@example.org" }],
    ["  ", undefined],
    ["hello there", undefined],
  ];
  for (const [text, target] of calls) {
    it(`${JSON.stringify(text)} → ${JSON.stringify(target)}`, () =>
      assert.deepEqual(dialTarget(text, context), target));
  }
});
