import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Binding } from "../../../gateway/directory/registrations.ts";
import { phoneRoute } from "../../../gateway/sip/phone-route.ts";
import { checkProfile, digestAlgorithmsFor, ProfileError, type Profile } from "../../../gateway/sip/profile.ts";
import { formatted, trunkRoute, Trunks, type TrunkConfig } from "../../../gateway/sip/trunk.ts";

const plain: Profile = { name: "t", media: "rtp", codecs: ["PCMA"] };
const trunk = (more: Partial<TrunkConfig> = {}): TrunkConfig => ({
  name: "t",
  address: "192.0.2.40:5070",
  transport: "udp",
  profile: plain,
  inbound: {},
  ...more,
});
const alice = { address: { user: "alice@a.example" }, name: "Alice" };

describe("a number on a trunk", () => {
  for (const [format, prefix, number, sent] of [
    ["e164-plus", undefined, "+33 1 23-45.67(89)", "+33123456789"],
    ["e164-plus", undefined, "0033123456789", "+33123456789"],
    ["e164-plus", undefined, "33123456789", "+33123456789"],
    ["e164", undefined, "+33123456789", "33123456789"],
    ["e164", "99", "+33123456789", "9933123456789"],
    ["e164-plus", "*31#", "+33123456789", "*31#+33123456789"],
    ["as-dialled", undefined, "01 23 45", "012345"],
    ["as-dialled", "0", "112", "0112"],
    ["as-dialled", undefined, "+331", "+331"],
  ] as const) {
    it(`as ${format}${prefix ? ` behind ${prefix}` : ""}: ${number} is sent as ${sent}`, () => {
      const profile: Profile = { ...plain, number: { format, ...(prefix !== undefined && { prefix }) } };
      assert.equal(formatted(number, profile), sent);
    });
  }

  it("is sent as dialled when the profile says nothing", () => assert.equal(formatted("+33 1", plain), "+331"));
});

describe("the route through a trunk", () => {
  it("goes to its address, with its codecs and the caller as it is", () => {
    assert.deepEqual(trunkRoute(trunk(), "+331", alice), {
      party: { address: { tel: "+331" } },
      kind: "rtp",
      uri: "sip:+331@192.0.2.40:5070",
      host: "192.0.2.40",
      network: "t",
      codecs: ["PCMA"],
      from: alice,
    });
  });

  it("shows the trunk's number, asserts it and carries credentials when it is told to", () => {
    const credentials = { username: "u", password: "p" };
    const profile: Profile = { ...plain, assertIdentity: true, media: "srtp" };
    const route = trunkRoute(trunk({ number: "+3399", credentials, profile, transport: "tcp" }), "+331", alice);
    assert.deepEqual(
      [route.from, route.kind, route.uri, route.credentials, route.headers],
      [
        { address: { tel: "+3399" }, name: "Alice" },
        "srtp",
        "sip:+331@192.0.2.40:5070;transport=tcp",
        credentials,
        { "P-Asserted-Identity": '"Alice" <sip:+3399@192.0.2.40>' },
      ],
    );
  });

  for (const [address, port, found] of [
    ["192.0.2.40", 5070, true],
    ["192.0.2.40", 5071, false],
    ["192.0.2.41", 5070, false],
  ] as const) {
    it(`${found ? "also" : "never"} comes from ${address}:${port}`, () => {
      const from = new Trunks([trunk()]).from({ address, port, transport: "udp" });
      assert.equal(from !== undefined, found);
    });
  }

  it("comes from any port over TCP", () => {
    const found = new Trunks([trunk()]).from({ address: "192.0.2.40", port: 40_000, transport: "tcp" });
    assert.equal(found?.name, trunk().name);
  });

  it("that has a name comes from the addresses that the name has now", () => {
    const trunks = new Trunks([trunk({ address: "sip.carrier.example" })]);
    const at = (address: string): string | undefined => trunks.from({ address, port: 5060, transport: "udp" })?.name;
    assert.deepEqual(trunks.names, ["sip.carrier.example"]);
    assert.equal(at("192.0.2.50"), undefined);
    trunks.learn("sip.carrier.example", ["192.0.2.49", "192.0.2.50"]);
    assert.equal(at("192.0.2.50"), trunk().name);
    assert.equal(at("192.0.2.51"), undefined);
  });

  it("comes from any port when none is named", () => {
    assert.ok(
      new Trunks([trunk({ address: "192.0.2.40" })]).from({ address: "192.0.2.40", port: 1, transport: "udp" }),
    );
  });

  it("is the first one that serves the caller's domain", () => {
    const [own, any] = [trunk({ name: "own", domains: ["a.example"] }), trunk({ name: "any" })];
    const trunks = new Trunks([own, any]);
    assert.deepEqual([trunks.forDomain("a.example"), trunks.forDomain("b.example")], [own, any]);
    assert.equal(new Trunks([own]).forDomain("b.example"), undefined);
  });
});

describe("the route to a registered phone", () => {
  const user = { domain: "a.example", name: "bob" };
  const binding = (more: Partial<Binding>): Binding => ({
    contact: "sip:bob@10.0.0.9:5060",
    address: "10.0.0.9",
    port: 5060,
    transport: "udp",
    callId: "c",
    cseq: 1,
    q: 1,
    expiresAt: 0,
    ...more,
  });

  for (const [what, more, proxy] of [
    ["straight to its Contact", {}, undefined],
    ["straight to a Contact without a port", { contact: "sip:bob@10.0.0.9" }, undefined],
    ["to its source when that is another address (RFC 3581)", { address: "192.0.2.9" }, "sip:192.0.2.9:5060"],
    ["to its source when that is another port", { port: 40_000 }, "sip:10.0.0.9:40000"],
    ["to its source when the Contact is a name", { contact: "sip:bob@phone.local" }, "sip:10.0.0.9:5060"],
    ["to its source over IPv6", { address: "2001:db8::9" }, "sip:[2001:db8::9]:5060"],
    ["straight over IPv6", { contact: "sip:bob@[2001:db8::9]", address: "2001:db8::9" }, undefined],
    ["by its connection over TCP (RFC 5626)", { transport: "tcp", port: 40_000 }, "sip:10.0.0.9:40000;transport=tcp"],
    [
      "by its connection over WebSocket",
      { transport: "ws", contact: "sip:x@y.invalid" },
      "sip:10.0.0.9:5060;transport=ws",
    ],
    [
      "by its connection, though its Contact names a stranger",
      { transport: "tcp", contact: "sip:+3390@carrier.example" },
      "sip:10.0.0.9:5060;transport=tcp",
    ],
  ] as const) {
    it(`goes ${what}`, () => assert.equal(phoneRoute(user, binding(more), "rtp").proxy, proxy));
  }

  for (const [transport, media, kind] of [
    ["udp", "rtp", "rtp"],
    ["tcp", "srtp", "srtp"],
    ["ws", "rtp", "web"],
    ["wss", "srtp", "web"],
  ] as const) {
    it(`carries ${kind} over ${transport}`, () => {
      assert.equal(phoneRoute(user, binding({ transport }), media).kind, kind);
    });
  }

  it("says whose phone it is", () => {
    const { party, host, uri } = phoneRoute(user, binding({}), "rtp", "Bob");
    assert.deepEqual(party, { address: { user: "bob@a.example" }, user: "bob@a.example", name: "Bob" });
    assert.deepEqual([host, uri], ["a.example", "sip:bob@10.0.0.9:5060"]);
  });
});

describe("sip-profiles", () => {
  const folder = new URL("../../../sip-profiles/", import.meta.url);
  const files = readdirSync(folder);

  for (const file of files) {
    it(`${file} is as the schema says, and named like its file`, () => {
      const profile = checkProfile(parse(readFileSync(new URL(file, folder), "utf8")), file);
      assert.equal(`${profile.name}.yaml`, file);
      for (const { userAgent } of profile.digestQuirks ?? []) new RegExp(userAgent, "i");
    });
  }

  it("has the ones that the gateway uses by itself", () => {
    for (const file of ["softphone.yaml", "trunk.yaml"]) assert.ok(files.includes(file), file);
  });

  for (const [what, value, said] of [
    ["media that is none", { ...plain, media: "tdm" }, /x\.yaml: \/media/],
    ["a codec that is none", { ...plain, codecs: ["GSM"] }, /x\.yaml: \/codecs/],
    ["a misspelt field", { ...plain, codec: [] }, /x\.yaml: \/codec/],
    ["a prefix with letters", { ...plain, number: { format: "e164", prefix: "9a" } }, /x\.yaml: \/number\/prefix/],
    ["nothing", null, /x\.yaml/],
  ] as const) {
    it(`may not hold ${what}`, () => {
      assert.throws(
        () => checkProfile(value, "x.yaml"),
        (fault) => fault instanceof ProfileError && said.test(fault.message),
      );
    });
  }

  it("challenges a phone by its quirk, any other with SHA-256 and then MD5 (RFC 8760)", () => {
    const profile: Profile = { ...plain, digestQuirks: [{ userAgent: "^old", algorithms: ["MD5"] }] };
    assert.deepEqual(digestAlgorithmsFor(profile, "OldPhone 1.0"), ["MD5"]);
    assert.deepEqual(digestAlgorithmsFor(profile, "new, not old"), ["SHA-256", "MD5"]);
    assert.deepEqual(digestAlgorithmsFor(plain, "OldPhone 1.0"), ["SHA-256", "MD5"]);
  });
});
