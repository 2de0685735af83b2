import assert from "node:assert/strict";
import { SessionRig, webAnswer, type Page } from "../../support/session-rig.ts";

async function stage() {
  const rig = new SessionRig();
  const [alice, bob] = [await rig.page("alice@a.example"), await rig.page("bob@a.example")];
  return { rig, alice, bob };
}

async function lists(page: Page): Promise<string[]> {
  const answer = await page.ask({ type: "history.list" });
  assert.ok(answer?.type === "history", JSON.stringify(answer));
  return answer.records.map(({ direction, peer, durationMs, end }) =>
    [direction, "user" in peer.target ? peer.target.user : peer.target, durationMs, end.by, end.reason].join(" "),
  );
}

describe("the list of last calls", () => {
  it("has an answered call on both sides, and every page of the two is told", async () => {
    const { rig, alice, bob } = await stage();
    const tab = await rig.page("bob@a.example");
    const callId = await alice.call("bob@a.example");
    await tab.ask({ type: "call.answer", callId, description: webAnswer });
    rig.clock.advance(4_000);
    await bob.ask({ type: "ping" });
    await alice.ask({ type: "call.end", callId });
    await rig.listed();
    assert.deepEqual(await lists(alice), ["out bob@a.example 4000 local normal"]);
    assert.deepEqual(await lists(bob), ["in alice@a.example 4000 remote normal"]);
    for (const page of [alice, bob, tab]) assert.equal(page.of("history.added").length, 1);
    assert.equal(alice.last("history.added").record.peer.name, "BOB");
  });

  for (const [what, end, caller, callee] of [
    [
      "a call given up",
      (alice: Page, _bob: Page, callId: string) => alice.ask({ type: "call.end", callId }),
      "out bob@a.example 0 local cancelled",
      "missed alice@a.example 0 remote cancelled",
    ],
    [
      "a declined call",
      (_alice: Page, bob: Page, callId: string) => bob.ask({ type: "call.reject", callId }),
      "out bob@a.example 0 remote declined",
      "in alice@a.example 0 local declined",
    ],
  ] as const) {
    it(`has ${what}`, async () => {
      const { rig, alice, bob } = await stage();
      await end(alice, bob, await alice.call("bob@a.example"));
      await rig.listed();
      assert.deepEqual([await lists(alice), await lists(bob)], [[caller], [callee]]);
    });
  }

  it("has a call to somebody who was not there: seen when they come", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    await alice.call("bob@a.example");
    await rig.listed();
    assert.deepEqual(await lists(alice), ["out bob@a.example 0 system unavailable"]);
    assert.deepEqual(await lists(await rig.page("bob@a.example")), ["missed alice@a.example 0 system unavailable"]);
  });

  it("has a call to somebody who is not to be disturbed: nothing rings, they see who called", async () => {
    const { rig, alice, bob } = await stage();
    await rig.world.phone({ domain: "a.example", name: "bob" });
    await bob.ask({ type: "presence.status", status: "do-not-disturb" });
    await alice.call("bob@a.example");
    await rig.listed();
    assert.match(alice.last("call.ended").text, /not want to be disturbed/);
    assert.deepEqual([bob.of("call.incoming"), rig.phones], [[], []]);
    assert.deepEqual(await lists(alice), ["out bob@a.example 0 system declined"]);
    assert.deepEqual(await lists(bob), ["missed alice@a.example 0 system declined"]);
    await bob.ask({ type: "presence.status", status: "busy" });
    await alice.call("bob@a.example");
    assert.deepEqual([bob.of("call.incoming").length, rig.phones.length], [1, 1]);
  });

  it("is forgotten on all pages", async () => {
    const { rig, alice } = await stage();
    const tab = await rig.page("alice@a.example");
    await alice.ask({ type: "call.end", callId: await alice.call("bob@a.example") });
    await rig.listed();
    const { reference } = alice.last("history.added").record;
    await alice.ask({ type: "history.forget", references: [reference] });
    assert.deepEqual(tab.last("history.forgotten").references, [reference]);
    assert.equal(alice.of("history.forgotten").length, 0);
    assert.deepEqual(await lists(tab), []);
  });
});

describe("the address book", () => {
  const card = (contactId: string) => ({ contactId, name: "Bob", targets: [{ target: { tel: "+33123456789" } }] });

  it("is told to all pages of its owner, and to a page that comes later", async () => {
    const { rig, alice, bob } = await stage();
    assert.equal((await alice.ask({ type: "contact.put", contact: card("c1") }))?.type, "ok");
    const later = await rig.page("alice@a.example");
    await later.ask({ type: "ping" });
    for (const page of [alice, later]) assert.deepEqual(page.last("contacts.saved").contacts, [card("c1")]);
    assert.equal(bob.of("contacts.saved").length, 0);
    await later.ask({ type: "contact.remove", contactId: "c1" });
    assert.deepEqual(alice.last("contacts.saved").contacts, []);
  });

  it("that is full says so", async () => {
    const { alice } = await stage();
    for (const id of ["1", "2", "3"]) await alice.ask({ type: "contact.put", contact: card(id) });
    const answer = await alice.ask({ type: "contact.put", contact: card("4") });
    assert.ok(answer?.type === "refused" && answer.code === "not-allowed");
  });
});
