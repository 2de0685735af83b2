import assert from "node:assert/strict";
import { lostGraceMs } from "../../../gateway/presence/attendance.ts";
import { leaseMs } from "../../../gateway/directory/nodes.ts";
import { PresenceRig, user } from "../../support/presence-rig.ts";

/** Two nodes of one system, and time that passes for both. */
function twoNodes() {
  const here = new PresenceRig();
  const there = new PresenceRig([], here);
  const told = async (ms = 50): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) await here.told();
  };
  return { here, there, told };
}

describe("presence at several nodes", () => {
  it("shows who is at another node, whoever came first, with status and user data", async () => {
    const { here, there, told } = twoNodes();
    const alice = here.enter("alice@a.example", { status: "busy", note: "Quarter", userData: { desk: 7 } });
    await told(100);
    const bob = there.enter("bob@a.example");
    await told(100);
    assert.deepEqual(bob.sees, ["alice busy", "bob online"]);
    assert.deepEqual([bob.contact("alice")?.note, bob.contact("alice")?.userData], ["Quarter", { desk: 7 }]);
    assert.deepEqual(alice.sees, ["alice busy", "bob online"]);
    assert.deepEqual(
      [here, there].map(({ presence }) => presence.elsewhere(user("bob@a.example"))),
      [1, 0],
    );
    for (const { attendance } of [alice, bob]) attendance.close();
    await told();
    there.node.nodes.leave();
    assert.equal(there.presence.held.members, 0);
    here.assertEmpty();
  });

  it("tells differences, by group, and who left", async () => {
    const { here, there, told } = twoNodes();
    const bob = there.enter("bob@a.example", { groups: [], watch: ["sales"] });
    const alice = here.enter("alice@a.example", { groups: [], watch: [] });
    await told(100);
    assert.deepEqual(bob.sees, []);
    alice.attendance.join("sales");
    await told(100);
    assert.deepEqual(bob.sees, ["alice online"]);
    const before = bob.frames;
    alice.attendance.setStatus("away");
    await told(100);
    assert.deepEqual([bob.sees, bob.frames - before], [["alice away"], 1]);
    alice.attendance.close();
    await told(100);
    assert.deepEqual(bob.sees, []);
  });

  it("counts pages of a user at several nodes as one contact; what was said last counts", async () => {
    const { here, there, told } = twoNodes();
    const one = here.enter("alice@a.example", { status: "away", note: "here" });
    await told(100);
    const two = there.enter("alice@a.example");
    await told(100);
    two.attendance.setStatus("away", "there");
    await told(100);
    for (const { contact } of [one, two].map((each) => ({ contact: each.contact("alice") })))
      assert.deepEqual([contact?.pages, contact?.status, contact?.note], [2, "away", "there"]);
    one.attendance.setStatus("away", "here again");
    await told(100);
    assert.equal(two.contact("alice")?.note, "here again");
  });

  it("shows people of a node that died for the grace, and then no ghost", async () => {
    const { here, there, told } = twoNodes();
    const alice = here.enter("alice@a.example");
    there.enter("bob@a.example");
    await told(100);
    assert.deepEqual(alice.sees, ["alice online", "bob online"]);
    there.node.bus.isUp = false;
    await told(leaseMs + lostGraceMs - 2_000);
    assert.deepEqual(alice.sees, ["alice online", "bob online"]);
    await told(4_000);
    assert.deepEqual(alice.sees, ["alice online"]);
    assert.equal(here.presence.elsewhere(user("bob@a.example")), 0);
  });

  it("goes on within a node that is cut off, and is exchanged anew when it is back", async () => {
    const { here, there, told } = twoNodes();
    const alice = here.enter("alice@a.example");
    const bob = there.enter("bob@a.example");
    const carol = there.enter("carol@a.example");
    await told(100);
    there.node.bus.isUp = false;
    bob.attendance.setStatus("busy");
    carol.attendance.close();
    alice.attendance.setStatus("away");
    await told(100);
    assert.deepEqual(bob.sees, ["alice online", "bob busy"]);
    await told(60_000);
    assert.deepEqual([alice.sees, bob.sees], [["alice away"], ["alice online", "bob busy"]]);
    there.node.bus.isUp = true;
    await told(100);
    assert.deepEqual(alice.sees, ["alice away", "bob busy"]);
    assert.deepEqual(bob.sees, alice.sees);
  });

  it("does not blink when a session goes on at another node", async () => {
    const { here, there, told } = twoNodes();
    const watcher = there.enter("bob@a.example", { groups: [] });
    const alice = here.enter("alice@a.example", { status: "busy" });
    await told(100);
    const before = watcher.frames;
    const { wishes } = alice.attendance;
    alice.attendance.close({ node: there.node.bus.node });
    await told(100);
    assert.deepEqual(watcher.sees, ["alice busy"]);
    there.presence.enter({ id: "s1", user: user("alice@a.example"), ...wishes, tell: () => {} });
    await told(100);
    assert.deepEqual([watcher.sees, watcher.contact("alice")?.pages], [["alice busy"], 1]);
    assert.equal(watcher.frames, before);
    there.presence.of("s1")?.close();
    await told(100);
    assert.deepEqual(watcher.sees, []);
  });

  it("shows a page that is on its way, or whose node has gone, to who comes only then", async () => {
    const { here, there, told } = twoNodes();
    const alice = here.enter("alice@a.example");
    const bob = there.enter("bob@a.example");
    there.enter("dave@a.example");
    await told(100);
    bob.attendance.close({ node: "node-that-starts" });
    await told(100);
    const third = new PresenceRig([], there);
    const carol = third.enter("carol@a.example");
    await told(100);
    assert.deepEqual(carol.sees, ["alice online", "bob online", "carol online", "dave online"]);
    there.node.nodes.leave();
    await told(100);
    const fourth = new PresenceRig([], third);
    const erin = fourth.enter("erin@a.example");
    await told(100);
    assert.deepEqual(erin.sees, ["alice online", "bob online", "carol online", "dave online", "erin online"]);
    await told(lostGraceMs + 1_000);
    const online = ["alice online", "carol online", "erin online"];
    for (const page of [alice, carol, erin]) assert.deepEqual(page.sees, online);
  });

  it("ends at the domain", async () => {
    const { here, there, told } = twoNodes();
    const alice = here.enter("alice@a.example");
    const mallory = there.enter("mallory@b.example", { watch: ["default"] });
    await told(100);
    assert.deepEqual([alice.sees, mallory.sees], [["alice online"], ["mallory online"]]);
  });
});
