import assert from "node:assert/strict";
import { Emitter } from "../../../gateway/base/emitter.ts";
import { userKey, type UserId } from "../../../gateway/directory/user-id.ts";
import { fitsUserData } from "../../../gateway/presence/user-data.ts";
import { leftGraceMs, lostGraceMs } from "../../../gateway/presence/attendance.ts";
import { PresenceRig, user } from "../../support/presence-rig.ts";

const domain = ["alice@a.example", "bob@a.example"];

describe("a contact", () => {
  it("is one for all sessions and softphones of a user", async () => {
    const rig = new PresenceRig(domain);
    const alice = rig.enter("alice@a.example");
    const first = rig.enter("bob@a.example");
    const second = rig.enter("bob@a.example", { name: "Bobby" });
    await rig.phone("bob@a.example");
    await rig.told();
    const { pages, phones, name, status } = alice.contact("bob") ?? {};
    assert.deepEqual([pages, phones, name, status], [2, 1, "Bobby", "online"]);
    first.attendance.close();
    second.attendance.close();
    await rig.told();
    assert.deepEqual([alice.contact("bob")?.phones, alice.contact("bob")?.status], [1, "online"]);
    await rig.told(60_000); // the registration expires
    await rig.told();
    assert.deepEqual(alice.sees, ["alice online", "bob offline"]);
  });

  it("has the most available status that was said, and the note that was said with it", async () => {
    const rig = new PresenceRig(domain);
    const alice = rig.enter("alice@a.example");
    const [one, two] = [rig.enter("bob@a.example"), rig.enter("bob@a.example")];
    const seen = async () => {
      await rig.told();
      return [alice.contact("bob")?.status, alice.contact("bob")?.note];
    };
    one.attendance.setStatus("busy", "Writing");
    assert.deepEqual(await seen(), ["busy", "Writing"]); // the other one said nothing
    two.attendance.setStatus("away", "Tea");
    assert.deepEqual(await seen(), ["away", "Tea"]);
    two.attendance.close();
    assert.deepEqual(await seen(), ["busy", "Writing"]);
    one.attendance.setStatus("online");
    assert.deepEqual(await seen(), ["online", undefined]);
  });

  it("looks offline when it is invisible, and is in no other group then", async () => {
    const rig = new PresenceRig(domain);
    const alice = rig.enter("alice@a.example", { watch: ["default", "sales"] });
    const bob = rig.enter("bob@a.example", { groups: ["default", "sales"], userData: { desk: 7 } });
    await rig.told();
    const offline = { ...alice.contact("bob") };
    bob.attendance.setStatus("invisible", "hidden");
    await rig.phone("bob@a.example");
    await rig.told();
    const { status, note, pages, phones, groups, userData } = alice.contact("bob") ?? {};
    assert.deepEqual(
      [status, note, pages, phones, groups, userData],
      ["offline", undefined, 0, 0, ["default"], undefined],
    );
    assert.deepEqual(offline.groups, ["default", "sales"]);
    bob.attendance.close();
    await rig.told();
    assert.equal(alice.contact("bob")?.status, "online"); // the softphone is there
  });

  it("is no account: joined while it is there, gone after", async () => {
    const rig = new PresenceRig(["alice@a.example"]);
    const alice = rig.enter("alice@a.example");
    const zoe = rig.enter("zoe@a.example", { name: "Zoe" });
    await rig.told();
    assert.deepEqual(alice.sees, ["alice online", "zoe online"]);
    zoe.attendance.close();
    await rig.told();
    assert.deepEqual(alice.sees, ["alice online"]);
  });

  it("is in a call while it talks, in the groups that it joined", async () => {
    const talking = new Set<string>();
    const events = new Emitter<{ changed: [UserId] }>();
    const rig = new PresenceRig(domain);
    rig.presence.follow({
      has: (one) => talking.has(userKey(one)),
      on: (event, listener) => events.on(event, listener),
    });
    const alice = rig.enter("alice@a.example", { watch: ["sales"] });
    rig.enter("bob@a.example", { groups: ["sales"] });
    const says = async (change: () => void) => {
      change();
      events.emit("changed", user("bob@a.example"));
      await rig.told();
      return alice.contact("bob")?.status;
    };
    assert.equal(await says(() => talking.add("a.example/bob")), "in-a-call");
    assert.equal(await says(() => talking.clear()), "online");
  });

  it("stays for 10 s when its connection is lost, and comes back", async () => {
    const rig = new PresenceRig(domain);
    const alice = rig.enter("alice@a.example");
    const bob = rig.enter("bob@a.example");
    await rig.told();
    bob.attendance.lost(lostGraceMs);
    await rig.told(lostGraceMs - 1);
    assert.equal(alice.contact("bob")?.status, "online");
    bob.attendance.returned();
    await rig.told(lostGraceMs);
    assert.equal(alice.contact("bob")?.status, "online");
    bob.attendance.lost(lostGraceMs);
    await rig.told(lostGraceMs);
    await rig.told();
    assert.equal(alice.contact("bob")?.status, "offline");
    bob.attendance.returned();
    await rig.told();
    assert.equal(alice.contact("bob")?.status, "online");
    bob.attendance.setStatus("do-not-disturb");
    await rig.told();
    assert.equal(rig.presence.isUndisturbed(user("bob@a.example")), true);
    bob.attendance.left(leftGraceMs);
    await rig.told(leftGraceMs - 1);
    assert.equal(alice.contact("bob")?.status, "do-not-disturb");
    await rig.told(1);
    await rig.told();
    assert.equal(alice.contact("bob")?.status, "offline");
    assert.equal(rig.presence.isUndisturbed(user("bob@a.example")), false);
    bob.attendance.returned();
    await rig.told();
    assert.equal(alice.contact("bob")?.status, "do-not-disturb");
    bob.attendance.lost(lostGraceMs);
    for (const one of [alice, bob]) one.attendance.close();
    rig.assertEmpty();
  });
});

describe("user data", () => {
  it("is what was written last, by whichever session that is still there", async () => {
    const rig = new PresenceRig(domain);
    const alice = rig.enter("alice@a.example");
    const one = rig.enter("bob@a.example", { userData: { desk: 1 } });
    const two = rig.enter("bob@a.example");
    const seen = async () => {
      await rig.told();
      return alice.contact("bob")?.userData;
    };
    assert.deepEqual(await seen(), { desk: 1 });
    two.attendance.setUserData([2]);
    assert.deepEqual(await seen(), [2]);
    one.attendance.setUserData(null);
    assert.equal(await seen(), null);
    one.attendance.setUserData(undefined);
    assert.deepEqual(await seen(), [2]);
    two.attendance.close();
    assert.equal(await seen(), undefined);
  });

  it("is at most 8 KiB of JSON", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
    assert.deepEqual(
      ["x".repeat(8_190), "x".repeat(8_191), "é".repeat(4_096), deep, undefined, null].map(fitsUserData),
      [true, false, false, false, true, true],
    );
  });
});

describe("suppliers that cannot answer", () => {
  it("are asked again, and who is signed in is seen meanwhile", async () => {
    const rig = new PresenceRig(domain);
    let broken = true;
    const list = rig.accounts.list.bind(rig.accounts);
    rig.accounts.list = (name) => (broken ? Promise.reject(new Error("away")) : list(name));
    const alice = rig.enter("alice@a.example");
    await rig.told();
    assert.deepEqual(alice.sees, ["alice online"]);
    broken = false;
    await rig.told(2_000);
    assert.deepEqual(alice.sees, ["alice online", "bob offline"]);
    alice.attendance.close();
    rig.assertEmpty();
  });
});
