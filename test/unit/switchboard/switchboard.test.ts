import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { Address, LegFact } from "../../../gateway/call/leg.ts";
import { Switchboard } from "../../../gateway/switchboard/switchboard.ts";
import { answer, offer } from "../../support/call-rig.ts";
import { FakeLeg } from "../../support/fake-leg.ts";
import { FakeRelay } from "../../support/fake-relay.ts";
import { RouterRig } from "../../support/router-rig.ts";
import { settled } from "../../support/settled.ts";

const bob = { domain: "a.example", name: "bob" };
const foreignBob = { domain: "b.example", name: "bob" };
const toBob: Address = { user: "bob@a.example" };

class Rig {
  readonly world = new RouterRig();
  readonly relay = new FakeRelay();
  readonly switchboard = new Switchboard({
    relay: this.relay,
    accounts: this.world.accounts,
    router: this.world.router,
    clock: this.world.clock,
    log: silentLogger,
    settings: { ringTimeout: 60_000, maxCalls: 2 },
  });

  async start(target: Address = toBob, data?: unknown): Promise<FakeLeg> {
    const leg = new FakeLeg(`caller-${this.switchboard.calls}`, "web");
    const caller = this.world.caller();
    this.switchboard.start({ leg, caller, target, offer: offer("offer "), ...(data !== undefined && { data }) });
    await settled();
    return leg;
  }
}

describe("the switchboard", () => {
  it("starts a call, tells the callee who it is from, and forgets it when it has ended", async () => {
    const rig = new Rig();
    const page = rig.world.page(bob);
    const seen: string[] = [];
    rig.switchboard.on("started", (call) => seen.push(`started ${call.reference.length}`));
    rig.switchboard.on("called", (_call, { called }) => seen.push(`called ${called?.name}`));
    rig.switchboard.on("ended", (_call, { cause }) => seen.push(`ended ${cause.code}`));
    const caller = await rig.start(toBob, { order: 7 });
    const { call } = page.last("offer");
    assert.deepEqual([call.from.name, call.data], ["ALICE", { order: 7 }]);
    page.fact({ is: "answered", description: answer("answer ") });
    await settled();
    assert.deepEqual([rig.switchboard.calls, rig.switchboard.connected], [1, 1]);
    caller.fact({ is: "ended", cause: { code: "normal" } });
    assert.deepEqual([rig.switchboard.calls, rig.relay.sessions], [0, 0]);
    assert.deepEqual(seen, ["started 6", "called bob", "ended normal"]);
  });

  it("tells the caller why there is nobody to ring, after its call has an id", async () => {
    const rig = new Rig();
    const leg = new FakeLeg("caller", "web");
    const call = rig.switchboard.start({ leg, caller: rig.world.caller(), target: { user: "nobody@a.example" } });
    assert.ok(call.id);
    assert.deepEqual(leg.done, []);
    await settled();
    assert.equal(leg.last("end").cause.code, "not-found");
    assert.equal(rig.switchboard.calls, 0);
  });

  it("refuses with overload what is more than it may carry, not at once, and unharmed are the others", async () => {
    const rig = new Rig();
    rig.world.page(bob);
    await rig.start();
    await rig.start();
    const leg = new FakeLeg("third", "web");
    rig.switchboard.start({ leg, caller: rig.world.caller(), target: toBob });
    assert.deepEqual(leg.done, [], "a page must learn the call's id before its end");
    await settled();
    assert.equal(leg.last("end").cause.code, "overload");
    assert.equal(rig.switchboard.calls, 2);
    rig.switchboard.close();
  });

  it("ends every call when it stops, and starts none any more", async () => {
    const rig = new Rig();
    const page = rig.world.page(bob);
    const caller = await rig.start();
    rig.switchboard.close();
    assert.equal(caller.last("end").cause.code, "stopping");
    assert.equal(page.last("end").cause.code, "stopping");
    const late = await rig.start();
    assert.equal(late.last("end").cause.code, "stopping");
    assert.deepEqual([rig.switchboard.calls, rig.relay.sessions, rig.world.clock.pending], [0, 0, 0]);
  });

  it("ends a call whose routing breaks", async () => {
    const rig = new Rig();
    rig.world.registrations.list = () => Promise.reject(new Error("the directory is gone"));
    const caller = await rig.start();
    assert.equal(caller.last("end").cause.code, "server-error");
  });
});

describe("a phone that redirects", () => {
  const moved = (...targets: string[]): LegFact => ({ is: "redirected", targets, sip: 302 });

  async function redirected(...targets: string[]) {
    const rig = new Rig();
    const phone = rig.world.page(bob); // stands for a phone: its party says whose it is
    Object.assign(phone, { party: { ...phone.party, user: "bob@a.example" } });
    const page = rig.world.page({ domain: "a.example", name: "alice" });
    const foreign = rig.world.page(foreignBob);
    const caller = await rig.start();
    phone.fact(moved(...targets));
    await settled();
    return { rig, caller, page, foreign };
  }

  for (const uri of ["sip:alice@a.example", "sip:alice@192.0.2.1:5060", "sip:alice@[::1]", "sips:alice@localhost"]) {
    it(`to ${uri} rings alice`, async () => {
      const { rig, page } = await redirected(uri);
      assert.deepEqual(page.done, ["offer"]);
      rig.switchboard.close();
    });
  }

  for (const uri of ["sip:601@a.example", "tel:601"]) {
    it(`to ${uri} rings that number`, async () => {
      const { rig } = await redirected(uri);
      assert.deepEqual(rig.world.programs, [{ tone: 1000 }]);
      rig.switchboard.close();
    });
  }

  it("to several rings the first that can be", async () => {
    const { rig, page } = await redirected("sip:nobody@a.example", "sip:alice@a.example");
    assert.deepEqual(page.done, ["offer"]);
    rig.switchboard.close();
  });

  for (const uri of [
    "sip:carol@c.example", // not in dial.allow
    "sip:bob@b.example", // another tenant
    "sip:nobody@a.example",
    "nonsense",
    "tel:+33123", // no trunk
  ]) {
    it(`to ${uri} is not followed; the caller is told`, async () => {
      const { rig, caller, foreign } = await redirected(uri);
      assert.deepEqual(caller.last("end").cause, { code: "redirected", sip: 302 });
      assert.deepEqual([foreign.done, rig.switchboard.calls, rig.relay.sessions], [[], 0, 0]);
    });
  }

  it("without being a user of ours is not followed", async () => {
    const rig = new Rig();
    const stranger = rig.world.page(bob);
    rig.world.page({ domain: "a.example", name: "alice" });
    const caller = await rig.start();
    stranger.fact(moved("sip:alice@a.example"));
    await settled();
    assert.equal(caller.last("end").cause.code, "redirected");
  });
});
