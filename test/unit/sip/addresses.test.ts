import assert from "node:assert/strict";
import type { Party } from "../../../gateway/call/leg.ts";
import { printUserId } from "../../../gateway/directory/user-id.ts";
import { Domains } from "../../../gateway/sip/domains.ts";
import { nameAddrOf } from "../../../gateway/sip/identity.ts";
import { parseTarget } from "../../../gateway/sip/target.ts";

const domains = new Domains(["A.example", "b.example"], "A.example");

describe("the domain that a host stands for", () => {
  for (const [host, domain] of [
    ["a.example", "a.example"],
    ["B.EXAMPLE", "b.example"],
    ["192.0.2.1", "a.example"], // a phone that knows only our address
    ["[2001:db8::1]", "a.example"],
    ["localhost", "a.example"],
    ["c.example", undefined],
    ["sub.a.example", undefined],
    ["a.example.evil.example", undefined],
    ["", undefined],
  ] as const) {
    it(`of ${host || "nothing"} is ${domain ?? "none of ours"}`, () => assert.equal(domains.of(host), domain));
  }
});

describe("the user that a From or To names", () => {
  for (const [value, user] of [
    ["<sip:alice@a.example>;tag=1", "alice@a.example"],
    ['"Alice, or <so>" <sips:alice@B.Example:5061;transport=tls>', "alice@b.example"],
    ["sip:alice@127.0.0.1;tag=1", "alice@a.example"],
    ["<sip:al%69ce@a.example>", "alice@a.example"],
    ["<sip:alice:secret@a.example>", "alice@a.example"],
    ["<sip:alice@c.example>", undefined],
    ["<sip:a.example>", undefined],
    ["<sip:a%2Fb@a.example>", undefined],
    ["<sip:alice%40b.example@a.example>", undefined],
    ["<sip:alice@b.example;x@a.example>", undefined],
    ["<tel:+33123456789>", undefined],
    ["nonsense", undefined],
    ["", undefined],
  ] as const) {
    it(`${value || "nothing"} is ${user ?? "nobody of ours"}`, () => {
      const found = domains.userOf(value);
      assert.equal(found && printUserId(found), user);
    });
  }
});

describe("a SIP address that somebody wants to call", () => {
  for (const [text, user, host, uri] of [
    ["bob@c.example", "bob", "c.example", "sip:bob@c.example"],
    ["sip:bob@C.Example:5070;transport=tcp", "bob", "c.example", "sip:bob@c.example:5070;transport=tcp"],
    ["SIPS:bob@c.example", "bob", "c.example", "sips:bob@c.example"],
    ["sip:bob:secret@c.example", "bob", "c.example", "sip:bob@c.example"],
    ["sip:bob@c.example;maddr=192.0.2.1;lr", "bob", "c.example", "sip:bob@c.example"],
    ["sip:bob@c.example?Route=%3Csip:evil%3E", "bob", "c.example", "sip:bob@c.example"],
    ["sip:b%6Fb@c.example", "bob", "c.example", "sip:b%6Fb@c.example"],
    ["sip:bob@[2001:db8::1]:5080", "bob", "[2001:db8::1]", "sip:bob@[2001:db8::1]:5080"],
  ] as const) {
    it(`is ${text}`, () => assert.deepEqual(parseTarget(text), { user, host, uri }));
  }

  for (const text of [
    "bob",
    "sip:c.example",
    "tel:+331",
    "sip:",
    "",
    "http://c.example",
    "sip:bob@",
    "b ob@c.example",
    "a@b@c.example",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseTarget(text), undefined));
  }
});

describe("a party in From and To", () => {
  for (const [party, value] of [
    [{ address: { user: "alice@a.example" } }, "<sip:alice@a.example>"],
    [{ address: { user: "alice@a.example" }, name: "Alice" }, '"Alice" <sip:alice@a.example>'],
    [{ address: { tel: "+33123456789" }, name: 'The "Shop"' }, '"The \\"Shop\\"" <sip:+33123456789@gw.example>'],
    [{ address: { tel: "*21#" } }, "<sip:*21%23@gw.example>"],
    [{ address: { sip: "sips:bob@c.example" } }, "<sips:bob@c.example>"],
    [{ address: { sip: "bob@c.example" } }, "<sip:bob@c.example>"],
    [{ address: { user: "alice@a.example" }, name: "A\r\nVia: evil" }, '"A Via: evil" <sip:alice@a.example>'],
    [{ address: { user: "alice@a.example" }, name: "\u0000" }, "<sip:alice@a.example>"],
    [{ address: { user: "a%b@a.example" } }, "<sip:a%25b@a.example>"],
  ] as [Party, string][]) {
    it(`is ${value}`, () => assert.equal(nameAddrOf(party, "gw.example"), value));
  }
});
