import assert from "node:assert/strict";
import { limits } from "../../../gateway/protocol/version.ts";
import { PresenceRig, type Attendant } from "../../support/presence-rig.ts";

const types = ({ events }: Attendant): string[] => events.map(({ type }) => type);

describe("presence groups", () => {
  it("show who joined to who watches, and to nobody else", async () => {
    const rig = new PresenceRig();
    const joined = rig.enter("alice@a.example", { groups: ["sales"], watch: [] });
    const watches = rig.enter("bob@a.example", { groups: [], watch: ["sales"] });
    const both = rig.enter("carol@a.example", { groups: ["sales"], watch: ["sales"] });
    const other = rig.enter("dave@a.example", { groups: ["support"], watch: ["support"] });
    await rig.told();
    assert.deepEqual(joined.events, []);
    assert.deepEqual(watches.sees, ["alice online", "carol online"]);
    assert.deepEqual(both.sees, ["alice online", "carol online"]);
    assert.deepEqual(other.sees, ["dave online"]);
    for (const one of [joined, watches, both, other]) one.attendance.close();
    rig.assertEmpty();
  });

  it("tell a snapshot first, then differences by group", async () => {
    const rig = new PresenceRig();
    const bob = rig.enter("bob@a.example", { groups: [], watch: ["sales", "support"] });
    await rig.told();
    const alice = rig.enter("alice@a.example", { groups: ["sales"], watch: [] });
    await rig.told();
    alice.attendance.join("support");
    await rig.told();
    assert.deepEqual(bob.contact("alice")?.groups, ["sales", "support"]);
    alice.attendance.setStatus("busy", "Quarter");
    await rig.told();
    alice.attendance.leave("sales");
    await rig.told();
    const shape = bob.events.map((event) =>
      event.type === "presence.snapshot"
        ? `${event.group}: ${event.contacts.length}`
        : event.type === "presence.changed"
          ? `${event.group} +${event.joined.length} -${event.left.length} ~${event.changed.length}`
          : event.type,
    );
    assert.deepEqual(shape.slice(0, 2).sort(), ["sales: 0", "support: 0"]);
    assert.deepEqual(shape.slice(2), [
      "sales +1 -0 ~0",
      "support +1 -0 ~0",
      "sales +0 -0 ~1",
      "support +0 -0 ~1",
      "sales +0 -1 ~0",
    ]);
    assert.deepEqual([bob.contact("alice")?.groups, bob.contact("alice")?.note], [["support"], "Quarter"]);
  });

  it("are joined and watched twice as if once; leaving what one is not in does nothing", async () => {
    const rig = new PresenceRig();
    const bob = rig.enter("bob@a.example", { groups: [], watch: ["sales"] });
    await rig.told();
    bob.attendance.watch("sales");
    bob.attendance.leave("sales");
    bob.attendance.unwatch("support");
    bob.attendance.join("sales");
    bob.attendance.join("sales");
    await rig.told();
    assert.deepEqual(types(bob), ["presence.snapshot", "presence.changed"]);
    bob.attendance.unwatch("sales");
    bob.attendance.leave("sales");
    await rig.told();
    assert.equal(bob.events.length, 2);
    assert.deepEqual(rig.presence.held, { groups: 0, members: 0, watchers: 0 });
  });

  it("are 64 a session at most, for joining and watching each", () => {
    const rig = new PresenceRig();
    const { attendance } = rig.enter("bob@a.example");
    const results = Array.from({ length: limits.groups }, (_, index) => [
      attendance.join(`g${index}`),
      attendance.watch(`g${index}`),
    ]);
    assert.deepEqual(results.at(-2), [true, true]);
    assert.deepEqual(results.at(-1), [false, false]); // the default group is one of them
    attendance.leave("g0");
    assert.equal(attendance.join("more"), true);
    attendance.close();
    rig.assertEmpty();
  });

  it("do nothing harmful when they are called like something else", async () => {
    const rig = new PresenceRig();
    for (const group of ["__proto__", "constructor", "a.example/alice", "*", "<b>"]) {
      const one = rig.enter("alice@a.example", { groups: [group], watch: [group] });
      await rig.told();
      assert.deepEqual(one.sees, ["alice online"]);
      one.attendance.close();
    }
    rig.assertEmpty();
  });

  it("of one name in two domains are two groups", async () => {
    const rig = new PresenceRig(["alice@a.example", "alice@b.example"]);
    const wishes = { groups: ["sales", "default"], watch: ["sales", "default"] };
    const mine = rig.enter("alice@a.example", wishes);
    const theirs = rig.enter("mallory@b.example", wishes);
    await rig.told();
    const before = mine.events.length;
    theirs.attendance.setStatus("away", "x");
    theirs.attendance.setUserData({ for: "a.example" });
    await rig.phone("alice@b.example");
    await rig.told();
    assert.deepEqual(mine.sees, ["alice online"]);
    assert.equal(mine.events.length, before);
    assert.deepEqual(theirs.sees, ["alice online", "mallory away"]);
    assert.equal(rig.presence.isUndisturbed({ name: "mallory", domain: "a.example" }), false);
  });

  it("are told anew after a resync", async () => {
    const rig = new PresenceRig();
    const bob = rig.enter("bob@a.example", { groups: ["sales"], watch: ["sales"] });
    await rig.told();
    bob.attendance.resync();
    await rig.told();
    assert.deepEqual(types(bob), ["presence.snapshot", "presence.snapshot"]);
  });
});
