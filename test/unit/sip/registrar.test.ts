import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { MemoryRegistrations } from "../../../gateway/directory/memory/memory-registrations.ts";
import { AttemptGuard } from "../../../gateway/sip/attempt-guard.ts";
import { Authenticator } from "../../../gateway/sip/authenticator.ts";
import { DigestCheck, ha1Of } from "../../../gateway/sip/digest.ts";
import { Domains } from "../../../gateway/sip/domains.ts";
import { Registrar } from "../../../gateway/sip/registrar.ts";
import { challengesOf, sign } from "../../support/digest-client.ts";
import { FakeInRequest, type IncomingOptions } from "../../support/fake-sip-link.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = { domain: "a.example", name: "alice" };
const settings = { minExpires: 60, maxExpires: 7200, defaultExpires: 3600, maxContacts: 3 };
const contact = "<sip:alice@192.0.2.7:5060>";

interface Registering {
  readonly contact?: string;
  readonly expires?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly to?: string;
  readonly source?: IncomingOptions["source"];
}

class Rig {
  readonly clock = new VirtualClock();
  readonly registrations = new MemoryRegistrations(this.clock);
  readonly accounts = new MemoryAccounts(
    ["a.example", "b.example"],
    ["a.example", "b.example"].map((domain) => ({
      id: { domain, name: "alice" },
      sip: ha1Of("alice", domain, `secret of ${domain}`),
    })),
  );
  readonly registrar = new Registrar(
    {
      accounts: this.accounts,
      registrations: this.registrations,
      authenticator: new Authenticator(this.accounts, new DigestCheck(this.clock), new AttemptGuard(this.clock), {
        refused: () => {},
      }),
      domains: new Domains(["a.example", "b.example"], "a.example"),
      clock: this.clock,
      log: silentLogger,
    },
    settings,
  );
  #cseq = 0;

  async ask({ to = "<sip:alice@a.example>", ...more }: Registering, headers = {}): Promise<FakeInRequest> {
    const request = new FakeInRequest({
      method: "REGISTER",
      uri: "sip:a.example",
      callId: more.callId ?? "call-1",
      headers: {
        to,
        cseq: `${more.cseq ?? (this.#cseq += 1)} REGISTER`,
        ...(more.contact !== undefined && { contact: more.contact }),
        ...(more.expires !== undefined && { expires: more.expires }),
        ...headers,
      },
      ...(more.source && { source: more.source }),
    });
    await this.registrar.handle(request);
    return request;
  }

  /** Asks, is challenged, and asks again with the password. */
  async register(options: Registering): Promise<FakeInRequest> {
    const first = await this.ask(options);
    if (first.last.status !== 401) return first;
    const [challenge = ""] = challengesOf(first.last.headers?.["WWW-Authenticate"]);
    const domain = /realm="([^"]+)"/.exec(challenge)?.[1] ?? "";
    const signed = { challenge, username: "alice", password: `secret of ${domain}`, method: "REGISTER" };
    return this.ask(options, { authorization: sign(signed) });
  }

  async contacts(user = alice): Promise<string[]> {
    return (await this.registrations.list(user)).map((binding) => binding.contact);
  }
}

describe("a softphone at the registrar (RFC 3261 10.3)", () => {
  it("registers, and is told what is registered and for how long", async () => {
    const rig = new Rig();
    const { status, headers } = (await rig.register({ contact })).last;
    assert.equal(status, 200);
    assert.equal(headers?.["Contact"], `${contact};expires=3600`);
    assert.equal(headers?.["Date"], new Date(rig.clock.now()).toUTCString());
    const [binding] = await rig.registrations.list(alice);
    assert.deepEqual(
      { ...binding },
      {
        contact: "sip:alice@192.0.2.7:5060",
        address: "192.0.2.7",
        port: 5060,
        transport: "udp",
        callId: "call-1",
        cseq: 2,
        q: 1,
        expiresAt: rig.clock.now() + 3_600_000,
      },
    );
  });

  for (const [what, params, push] of [
    [
      "provider, device and more",
      "pn-provider=apns;pn-param=T3AM.app%3Avoip;pn-prid=00fc%2D13",
      { provider: "apns", prid: "00fc-13", param: "T3AM.app:voip" },
    ],
    ["provider and device", "pn-provider=fcm;pn-prid=abc", { provider: "fcm", prid: "abc" }],
    ["a provider alone, which only asks", "pn-provider=fcm", undefined],
    ["a value that cannot be decoded", "pn-provider=fcm;pn-prid=%zz", { provider: "fcm", prid: "%zz" }],
  ] as const)
    it(`is known by its push parameters: ${what} (RFC 8599)`, async () => {
      const rig = new Rig();
      await rig.register({ contact: `<sip:alice@192.0.2.7:5060;${params}>` });
      const [binding] = await rig.registrations.list(alice);
      assert.deepEqual(binding?.push, push);
      assert.ok(binding?.contact.endsWith(params));
    });

  it("asks what is registered with no Contact, and changes nothing", async () => {
    const rig = new Rig();
    await rig.register({ contact: `${contact};q=0.5` });
    rig.clock.advance(600_000);
    const { status, headers } = (await rig.register({ callId: "call-2" })).last;
    assert.deepEqual([status, headers?.["Contact"]], [200, `${contact};expires=3000;q=0.5`]);
  });

  it("refreshes its registration", async () => {
    const rig = new Rig();
    await rig.register({ contact });
    rig.clock.advance(3_000_000);
    await rig.register({ contact });
    rig.clock.advance(3_000_000);
    assert.equal((await rig.contacts()).length, 1);
  });

  for (const [what, given, seconds] of [
    ["the Contact's expires before the header", { contact: `${contact};expires=100`, expires: "200" }, 100],
    ["the Expires header", { contact, expires: "200" }, 200],
    ["the usual time when there is neither", { contact }, 3600],
    ["the usual time when it is no number", { contact, expires: "soon" }, 3600],
    ["no more than the longest", { contact, expires: "86400" }, 7200],
    ["no more than the longest, however long", { contact, expires: "4294967295" }, 7200],
    ["the shortest", { contact, expires: "60" }, 60],
  ] as const) {
    it(`is given ${what}`, async () => {
      const rig = new Rig();
      const { headers } = (await rig.register(given)).last;
      assert.equal(headers?.["Contact"], `${contact};expires=${seconds}`);
      rig.clock.advance(seconds * 1000 - 1);
      assert.equal(rig.registrations.size, 1);
      rig.clock.advance(1);
      assert.deepEqual([rig.registrations.size, rig.clock.pending], [0, 0]);
    });
  }

  it("is told the shortest time when it asks for less (423)", async () => {
    const rig = new Rig();
    const { status, headers } = (await rig.register({ contact, expires: "59" })).last;
    assert.deepEqual([status, headers], [423, { "Min-Expires": "60" }]);
    assert.equal(rig.registrations.size, 0);
  });

  it("removes one of its contacts with expires=0", async () => {
    const rig = new Rig();
    await rig.register({ contact: `${contact}, <sip:alice@192.0.2.8>` });
    const { headers } = (await rig.register({ contact: `${contact};expires=0` })).last;
    assert.equal(headers?.["Contact"], "<sip:alice@192.0.2.8>;expires=3600");
  });

  it("removes all with * and Expires: 0 (RFC 3261 10.2.2), and nothing of another user", async () => {
    const rig = new Rig();
    await rig.register({ contact, to: "<sip:alice@b.example>", callId: "call-b" });
    await rig.register({ contact: `${contact}, <sip:alice@192.0.2.8>` });
    const { status, headers } = (await rig.register({ contact: "*", expires: "0" })).last;
    assert.deepEqual([status, headers?.["Contact"]], [200, undefined]);
    assert.deepEqual(await rig.contacts(), []);
    assert.equal(rig.registrations.size, 1);
  });

  for (const [what, given] of [
    ["* without Expires: 0", { contact: "*" }],
    ["* for a while", { contact: "*", expires: "60" }],
    ["* among others", { contact: `*, ${contact}`, expires: "0" }],
    ["no URI", { contact: "nonsense" }],
    ["an empty URI", { contact: "<>" }],
    ["another scheme", { contact: "<mailto:alice@a.example>" }],
    ["a telephone number", { contact: "<tel:+33123456789>" }],
    ["one good and one bad", { contact: `${contact}, <sip:>` }],
  ] as const) {
    it(`is refused with 400 for a Contact that is ${what}`, async () => {
      const rig = new Rig();
      await rig.register({ contact: "<sip:before@192.0.2.7>", callId: "before" });
      assert.equal((await rig.register(given)).last.status, 400);
      assert.deepEqual(await rig.contacts(), ["sip:before@192.0.2.7"]);
    });
  }

  it("does not change anything with an old request of the same phone (RFC 3261 10.3 step 7)", async () => {
    const rig = new Rig();
    await rig.register({ contact, cseq: 10 });
    for (const given of [{ contact: `${contact};expires=0` }, { contact: "*", expires: "0" }]) {
      assert.equal((await rig.register({ ...given, cseq: 10 })).last.status, 500);
      assert.equal((await rig.register({ ...given, cseq: 9 })).last.status, 500);
    }
    assert.equal(rig.registrations.size, 1);
    assert.equal((await rig.register({ contact, cseq: 1, callId: "after a restart" })).last.status, 200);
    assert.equal((await rig.register({ contact, cseq: 2, callId: "after a restart" })).last.status, 200);
  });

  it("has so many contacts and no more", async () => {
    const rig = new Rig();
    const many = [1, 2, 3].map((host) => `<sip:alice@192.0.2.${host}>`).join(", ");
    assert.equal((await rig.register({ contact: many })).last.status, 200);
    const { status, reason } = (await rig.register({ contact: "<sip:alice@192.0.2.4>" })).last;
    assert.deepEqual([status, reason], [403, "Too Many Contacts"]);
    assert.equal(rig.registrations.size, 3);
    const swap = "<sip:alice@192.0.2.1>;expires=0, <sip:alice@192.0.2.4>";
    assert.equal((await rig.register({ contact: swap })).last.status, 200);
    assert.equal(rig.registrations.size, 3);
  });

  it("is listed by q", async () => {
    const rig = new Rig();
    await rig.register({ contact: "<sip:a@192.0.2.1>;q=0.2, <sip:b@192.0.2.1>;q=0.8" });
    assert.deepEqual(await rig.contacts(), ["sip:b@192.0.2.1", "sip:a@192.0.2.1"]);
  });

  it("belongs to the first domain when it knows only our address", async () => {
    const rig = new Rig();
    await rig.register({ contact, to: "<sip:alice@127.0.0.1>" });
    assert.equal((await rig.contacts()).length, 1);
  });

  for (const to of ["<sip:alice@c.example>", "<sip:a.example>", "<tel:+331>", "nonsense", ""]) {
    it(`is refused with 404 for ${to || "nobody"}`, async () => {
      const rig = new Rig();
      assert.equal((await rig.register({ contact, to })).last.status, 404);
    });
  }

  it("cannot register with the password of its namesake in another domain", async () => {
    const rig = new Rig();
    const first = await rig.ask({ contact, to: "<sip:alice@b.example>" });
    const [challenge = ""] = challengesOf(first.last.headers?.["WWW-Authenticate"]);
    assert.match(challenge, /realm="b\.example"/);
    const signed = { challenge, username: "alice", password: "secret of a.example", method: "REGISTER" };
    const second = await rig.ask({ contact, to: "<sip:alice@b.example>" }, { authorization: sign(signed) });
    assert.equal(second.last.status, 403);
    // Nor with credentials for its own realm.
    const own = await rig.ask({ contact });
    const [ownChallenge = ""] = challengesOf(own.last.headers?.["WWW-Authenticate"]);
    const authorization = sign({ ...signed, challenge: ownChallenge });
    assert.equal((await rig.ask({ contact, to: "<sip:alice@b.example>" }, { authorization })).last.status, 401);
    assert.equal(rig.registrations.size, 0);
  });
});
