import assert from "node:assert/strict";
import type { CauseCode } from "../../../gateway/call/cause.ts";
import type { Address, Leg, LegId } from "../../../gateway/call/leg.ts";
import type { TrunkConfig } from "../../../gateway/sip/trunk.ts";
import type { Rights } from "../../../gateway/switchboard/rights.ts";
import type { Wakeable } from "../../../gateway/switchboard/wakeable.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import type { FoundElsewhere } from "../../../gateway/switchboard/elsewhere.ts";
import { RemoteLeg } from "../../../gateway/switchboard/remote-leg.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { RouterRig, type RouterOptions } from "../../support/router-rig.ts";

const alice = { domain: "a.example", name: "alice" };
const bob = { domain: "a.example", name: "bob" };
const foreignBob = { domain: "b.example", name: "bob" };
const trunk: TrunkConfig = {
  name: "t",
  address: "192.0.2.40",
  transport: "udp",
  profile: { name: "t", media: "rtp", codecs: "follow" },
  domains: ["a.example"],
  inbound: {},
};

interface Row {
  readonly target: Address;
  /** Why there is no leg, or the Request-URI or id of the one that there is. */
  readonly goes: CauseCode | string;
  readonly rights?: Rights;
  readonly domain?: string;
  readonly options?: RouterOptions;
}

const withTrunk = { trunks: [trunk] };
const named = { trunks: [{ ...trunk, address: "sip.carrier.example" }] };
const friends = { dialAllow: ["sip:*@c.example"] };
const everywhere = { dialAllow: ["sip:*"] };

const rows: readonly Row[] = [
  // people
  { target: { user: "bob@a.example" }, goes: "page-other" },
  { target: { user: "bob@A.Example" }, goes: "page-other" },
  { target: { user: "alice@a.example" }, goes: "unavailable" }, // the calling page itself is not rung
  { target: { user: "nobody@a.example" }, goes: "not-found" },
  { target: { user: "bob" }, goes: "not-found" },
  { target: { user: "bob@a.example" }, rights: ["tel:*"], goes: "not-allowed" },
  { target: { user: "bob@a.example" }, rights: ["user:b*@a.example"], goes: "page-other" },
  // another tenant's people are answered like people that there are not
  { target: { user: "bob@b.example" }, goes: "not-found" },
  { target: { user: "bob@b.example" }, rights: ["*", "user:*", "sip:*"], goes: "not-found" },
  { target: { sip: "bob@b.example" }, goes: "not-found" },
  { target: { sip: "sip:bob@b.example" }, rights: ["user:*", "sip:*"], goes: "not-found" },
  { target: { user: "bob@a.example" }, domain: "b.example", goes: "not-found" },
  // numbers
  { target: { tel: "600" }, goes: "player" },
  { target: { tel: "602" }, rights: [], goes: "player" },
  { target: { tel: "+33123456789" }, goes: "not-found" },
  { target: { tel: "112" }, goes: "emergency-not-supported" },
  { target: { tel: "112" }, options: withTrunk, goes: "sip:112@192.0.2.40" },
  { target: { tel: "112" }, options: withTrunk, domain: "b.example", goes: "emergency-not-supported" },
  { target: { tel: "+33 1 23" }, options: withTrunk, goes: "sip:+33123@192.0.2.40" },
  { target: { tel: "+33123" }, options: withTrunk, domain: "b.example", goes: "not-found" },
  { target: { tel: "+33123" }, options: withTrunk, rights: ["tel:+34*"], goes: "not-allowed" },
  { target: { tel: "bob" }, options: withTrunk, goes: "not-found" },
  { target: { tel: "1@evil.example" }, options: withTrunk, goes: "not-found" },
  { target: { tel: "1;phone-context=x" }, options: withTrunk, goes: "not-found" },
  { target: { tel: "1".repeat(34) }, options: withTrunk, goes: "not-found" },
  // SIP addresses
  { target: { sip: "bob@a.example" }, goes: "page-other" },
  { target: { sip: "sip:bob@a.example:5070;transport=tcp" }, goes: "page-other" },
  { target: { sip: "carol@c.example" }, goes: "not-allowed" },
  { target: { sip: "carol@c.example" }, options: friends, goes: "sip:carol@c.example" },
  { target: { sip: "carol@c.example" }, rights: ["sip:*@c.example"], goes: "sip:carol@c.example" },
  { target: { sip: "carol@d.example" }, options: friends, goes: "not-allowed" },
  { target: { sip: "carol@c.example" }, options: friends, rights: ["user:*"], goes: "not-allowed" },
  { target: { sip: "carol@c.example" }, options: friends, rights: ["*"], goes: "sip:carol@c.example" },
  { target: { sip: "carol@c.example?Route=%3Csip:evil%3E" }, options: friends, goes: "sip:carol@c.example" },
  { target: { sip: "x@c.example;@d.example" }, options: friends, goes: "not-found" },
  { target: { sip: "x@c.example;@d.example" }, rights: ["sip:*@c.example"], goes: "not-found" },
  { target: { sip: "x@192.0.2.1?@c.example" }, rights: ["sip:*@c.example"], goes: "not-allowed" },
  { target: { sip: "c.example" }, options: everywhere, goes: "not-found" },
  { target: { sip: "nonsense" }, options: everywhere, goes: "not-found" },
  // a trunk's host is reached by number, as the trunk wants it
  { target: { sip: "+33123@sip.carrier.example" }, options: named, goes: "sip:+33123@sip.carrier.example" },
  { target: { sip: "+33123@sip.carrier.example" }, options: named, rights: ["tel:+34*"], goes: "not-allowed" },
  { target: { sip: "+33123@sip.carrier.example" }, options: named, domain: "b.example", goes: "not-allowed" },
  { target: { sip: "bob@sip.carrier.example" }, options: named, goes: "not-allowed" },
  { target: { sip: "+33123@192.0.2.40" }, options: withTrunk, goes: "not-allowed" },
  // address literals, in every writing that a resolver takes, unless the token names them
  { target: { sip: "x@192.0.2.1" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@127.0.0.1:5070" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@[::1]" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@2130706433" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@0x7f.1" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@127.1" }, options: everywhere, goes: "not-allowed" },
  { target: { sip: "x@192.0.2.1" }, rights: ["*"], goes: "not-allowed" },
  { target: { sip: "x@192.0.2.1" }, rights: ["*", "sip:*@c.example"], goes: "not-allowed" },
  { target: { sip: "x@192.0.2.1" }, rights: ["sip:*@192.0.2.1"], goes: "sip:x@192.0.2.1" },
  { target: { sip: "x@1c.example" }, options: everywhere, goes: "sip:x@1c.example" },
];

describe("where a call goes", () => {
  for (const { target, goes, rights, domain, options } of rows) {
    const by = [
      domain,
      rights && JSON.stringify(rights),
      options && Object.values(options).flat().length > 0 && "configured",
    ];
    it(`${JSON.stringify(target)} ${by.filter(Boolean).join(" ")} → ${goes}`, async () => {
      const rig = new RouterRig(options);
      rig.page(bob);
      rig.page(foreignBob, "foreign");
      rig.page(alice, "own");
      const route = await rig.router.route(rig.caller(rights, domain), target);
      if ("cause" in route) return assert.equal(route.cause.code, goes);
      assert.equal(route.legs.length, 1);
      assert.equal(rig.programs.length > 0 ? "player" : (rig.routes[0]?.uri ?? route.legs[0]?.id), goes);
    });
  }

  it("is a leg that wakes browsers when no page is connected and no phone registered, for whom has some", async () => {
    const asleep = new FakeLeg("asleep", "web");
    let asked = 0;
    let pages: () => Promise<readonly Leg[]> = () => assert.fail("not asked");
    const sleepers: Wakeable = {
      sleepingLeg: async (user, connected) => {
        asked += 1;
        pages = connected;
        return user.name === "bob" ? asleep : undefined;
      },
    };
    const rig = new RouterRig({ sleepers });
    const legs = async (user: string) => {
      const route = await rig.router.route(rig.caller(), { user });
      return "legs" in route ? route.legs : route.cause.code;
    };
    assert.deepEqual(await legs("bob@a.example"), [asleep]);
    assert.equal(await legs("nobody@a.example"), "not-found");
    assert.equal(await legs("alice@a.example"), "unavailable", "nobody wakes their own browsers");
    const left = rig.page(bob, "left");
    left.away = true;
    assert.deepEqual(await legs("bob@a.example"), [asleep], "a page that was left may not come back");
    assert.deepEqual(await pages(), []);
    assert.equal(asked, 2);
    const back = rig.page(bob, "back");
    assert.deepEqual(await pages(), [back]);
    assert.deepEqual(await legs("bob@a.example"), [left, back]);
    assert.equal(asked, 2);
  });

  it("is every open page and every registered phone of the user at once", async () => {
    const rig = new RouterRig();
    const pages = [rig.page(bob, "one"), rig.page(bob, "two")];
    await rig.phone(bob);
    await rig.phone(bob, "sip:bob@192.0.2.8");
    const route = await rig.router.route(rig.caller(), { user: "bob@a.example" });
    assert.ok("legs" in route);
    assert.deepEqual(route.legs.slice(0, 2), pages);
    assert.deepEqual(
      rig.routes.map(({ uri, party }) => [uri, party.name]),
      [
        ["sip:bob@192.0.2.7", "BOB"],
        ["sip:bob@192.0.2.8", "BOB"],
      ],
    );
  });

  it("is the caller's other pages, when it calls itself", async () => {
    const rig = new RouterRig();
    rig.page(alice, "own");
    const other = rig.page(alice, "other");
    const route = await rig.router.route(rig.caller(), { user: "alice@a.example" });
    assert.deepEqual("legs" in route && route.legs, [other]);
  });

  it("is nowhere when the called one is not to be disturbed, unless by themselves", async () => {
    const rig = new RouterRig();
    for (const user of [alice, bob]) {
      rig.page(user);
      await rig.phone(user);
      rig.undisturbed.add(`${user.domain}/${user.name}`);
    }
    for (const target of [{ user: "bob@a.example" }, { sip: "sip:bob@a.example" }]) {
      const route = await rig.router.route(rig.caller(), target);
      assert.deepEqual(route, { cause: { code: "do-not-disturb" }, called: bob });
    }
    assert.equal(rig.routes.length, 0);
    const own = await rig.router.route(rig.caller(), { user: "alice@a.example" });
    assert.equal("legs" in own && own.legs.length, 2);
    assert.deepEqual(await rig.router.route(rig.caller(["tel:*"]), { user: "bob@a.example" }), {
      cause: { code: "not-allowed" },
    });
  });

  it("is nobody of another domain, though its user is registered", async () => {
    const rig = new RouterRig();
    await rig.phone(foreignBob);
    for (const target of [{ user: "bob@b.example" }, { sip: "bob@b.example" }]) {
      assert.deepEqual(await rig.router.route(rig.caller(), target), { cause: { code: "not-found" } });
    }
    assert.deepEqual(rig.routes, []);
  });

  it("plays your own number at 602", async () => {
    const rig = new RouterRig();
    await rig.router.route(rig.caller(), { tel: "602" });
    assert.deepEqual(rig.programs, [{ digits: "25423" }]);
  });
});

describe("a call to a user at several nodes", () => {
  const far = (id: string): RemoteLeg =>
    new RemoteLeg({ leg: id as LegId, kind: "rtp", party: { address: { user: "bob@a.example" } } }, "n2", {
      clock: new VirtualClock(),
      send: () => {},
      opened: () => {},
      closed: () => {},
    });
  const elsewhere = (found: Partial<FoundElsewhere>): RouterOptions => ({
    elsewhere: { find: async () => ({ legs: [], contacts: new Map(), undisturbed: false, ...found }) },
  });

  it("rings a softphone that went from one node to another once, and all others", async () => {
    const [same, page, phone, twice] = ["same", "page", "phone", "twice"].map(far);
    assert.ok(same && page && phone && twice);
    const contacts = new Map([
      [same, "sip:bob@192.0.2.7"],
      [phone, "sip:bob@192.0.2.9"],
      [twice, "sip:bob@192.0.2.9"],
    ]);
    const rig = new RouterRig(elsewhere({ legs: [same, page, phone, twice], contacts }));
    await rig.phone(bob);
    const route = await rig.router.route(rig.caller(), { user: "bob@a.example" });
    assert.ok("legs" in route);
    assert.deepEqual(
      route.legs.map(({ id }) => id),
      ["phone-1", "page", "phone"],
    );
    rig.registrations.close();
  });

  it("is turned away when any node says that the user wants none, but for own calls", async () => {
    const rig = new RouterRig(elsewhere({ legs: [far("page")], undisturbed: true }));
    const route = await rig.router.route(rig.caller(), { user: "bob@a.example" });
    assert.equal("cause" in route && route.cause.code, "do-not-disturb");
    const own = await rig.router.route(rig.caller(), { user: "alice@a.example" });
    assert.ok("legs" in own);
  });
});
