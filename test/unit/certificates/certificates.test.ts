import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { judgeKeyPair, type KeyPair } from "../../../gateway/certificates/key-pair.ts";
import { localNames } from "../../../gateway/certificates/local-names.ts";
import { fingerprintOf, ownCertificate, type KeyStore } from "../../../gateway/certificates/own-certificate.ts";

const now = Date.parse("2026-06-01T12:00:00Z");
const days = (count: number): number => now + count * 86_400_000;
const names = { addresses: ["192.168.1.20", "fd00::20"], hosts: ["localhost", "den", "den.local"] };

class Shelf implements KeyStore {
  readonly files = new Map<string, string>();
  read = (name: string): string | undefined => this.files.get(name);
  write = (name: string, text: string): void => void this.files.set(name, text);
}

describe("the certificate made for the local network", () => {
  const shelf = new Shelf();
  const make = (of = names, at = now) => ownCertificate(shelf, of, at);

  it("is for every address and name, and signed by an authority of its own", async () => {
    const made = await make();
    const [leaf, authority] = [new X509Certificate(made.cert), new X509Certificate(made.authority)];
    for (const name of [...names.addresses, ...names.hosts]) assert.equal(judgeKeyPair(made, name, now), undefined);
    assert.ok(leaf.verify(authority.publicKey) && leaf.checkIssued(authority));
    assert.deepEqual([leaf.ca, authority.ca], [false, true]);
    assert.match(fingerprintOf(made.authority), /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("is kept", async () => assert.deepEqual(await make(), await make()));

  it("is made anew for a new address, by the same authority", async () => {
    const before = await make();
    const after = await make({ ...names, addresses: [...names.addresses, "10.0.0.5"] });
    assert.equal(after.authority, before.authority);
    assert.notEqual(after.cert, before.cert);
    assert.deepEqual(await make(), after, "one address less is no reason");
  });

  it("is made anew before it ends", async () => {
    const before = await make();
    const after = await make(names, days(290));
    assert.equal(after.authority, before.authority);
    assert.equal(judgeKeyPair(after, "den.local", days(290)), undefined);
  });

  it("is made anew when what was kept is damaged", async () => {
    shelf.files.set("lan-ca.key", "garbage");
    const after = await make();
    assert.ok(new X509Certificate(after.cert).verify(new X509Certificate(after.authority).publicKey));
  });
});

describe("a certificate that somebody brings", () => {
  let pair: KeyPair;
  before(async () => {
    pair = await ownCertificate(new Shelf(), { addresses: ["192.0.2.1"], hosts: ["phone.example.org"] }, now);
  });

  it("must cover the name", () => {
    assert.equal(judgeKeyPair(pair, "phone.example.org", now), undefined);
    assert.throws(() => judgeKeyPair(pair, "other.example.org", now), {
      code: "name",
      message: "the certificate is not for other.example.org but for 192.0.2.1, phone.example.org",
    });
  });

  it("must be valid now", () => {
    assert.throws(() => judgeKeyPair(pair, undefined, days(301)), { code: "expired" });
    assert.throws(() => judgeKeyPair(pair, undefined, days(-2)), { code: "early" });
  });

  it("should be renewed in time", () => {
    assert.equal(judgeKeyPair(pair, undefined, days(285)), undefined);
    assert.match(judgeKeyPair(pair, undefined, days(287)) ?? "", /expires on 2027-03-28: renew it/);
  });

  it("must come with its key", async () => {
    const other = await ownCertificate(new Shelf(), names, now);
    assert.throws(() => judgeKeyPair({ ...pair, key: other.key }, undefined, now), { code: "key" });
    assert.throws(() => judgeKeyPair({ ...pair, key: "none" }, undefined, now), { code: "unreadable" });
    assert.throws(() => judgeKeyPair({ ...pair, cert: "none" }, undefined, now), { code: "unreadable" });
  });
});

describe("the names of this machine", () => {
  it("include localhost, and no address that needs a zone", () => {
    const { addresses, hosts } = localNames();
    assert.ok(hosts.includes("localhost") && addresses.includes("127.0.0.1"));
    assert.ok(!addresses.some((address) => address.startsWith("fe80")));
  });
});
