import assert from "node:assert/strict";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";

describe("data, and messages that outlive the gateway", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  const bobs = { user: `bob@${domain}` };

  before(async () => {
    gateway = await TestGateway.start();
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  it("data comes in order, to a user and to a group, and says when nobody is there", async () => {
    const [alice, bob] = await Promise.all(["alice", "bob"].map((name) => FrameClient.signedIn(gateway, name)));
    assert.ok(alice && bob);
    for (let value = 0; value < 20; value++)
      assert.equal((await alice.request("data.send", { to: bobs, value: { value } })).type, "ok");
    for (let value = 0; value < 20; value++) assert.deepEqual((await bob.event("data.received")).value, { value });
    const created = await alice.request("group.create", { name: "Team", users: [bobs.user] });
    const { groupId } = created.group as { groupId: string };
    await bob.request("group.answer", { groupId, accept: true });
    const large = "x".repeat(60_000);
    await bob.request("data.send", { to: { group: groupId }, value: large });
    const received = await alice.event("data.received");
    assert.deepEqual([received.value, received.group], [large, groupId]);
    await bob.close();
    await alice.close();
  });

  it("data to who is away, or of another domain, is refused", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const code = async (to: object): Promise<unknown> => (await alice.request("data.send", { to, value: 1 })).code;
    assert.equal(await code({ user: `erin@${domain}` }), "unavailable");
    assert.equal(await code({ user: `mallory@${otherDomain}` }), "bad-target");
    await alice.close();
  });

  it("a message that was accepted is there after the gateway was killed, once, though it was sent twice", async () => {
    const send = { to: bobs, text: "kept", messageId: "twice" };
    const alice = await FrameClient.signedIn(gateway, "alice");
    assert.equal((await alice.request("message.send", send)).type, "message.accepted");
    await gateway.kill();
    gateway = await gateway.restart();
    const again = await FrameClient.signedIn(gateway, "alice");
    assert.equal((await again.request("message.send", send)).type, "message.accepted");
    const bob = await FrameClient.signedIn(gateway, "bob");
    await bob.event("message.received");
    const listed = await bob.request("message.list", { of: { user: `alice@${domain}` } });
    assert.deepEqual(
      (listed.messages as { text: string }[]).map(({ text }) => text),
      ["kept"],
    );
    assert.equal(bob.frames.filter(({ type }) => type === "message.received").length, 1);
    await bob.close();
    await again.close();
  });
});
