import assert from "node:assert/strict";
import { SessionRig, webAnswer, webOffer, type Page } from "../../support/session-rig.ts";
import { seenIn } from "../../support/seen.ts";
import { settled } from "../../support/settled.ts";

async function told(rig: SessionRig): Promise<void> {
  rig.clock.advance(50);
  await settled();
}

const contacts = (page: Page): string[] =>
  seenIn(page.frames)
    .filter(({ status }) => status !== "offline")
    .map(({ target, pages, phones }) => `${"user" in target ? target.user : "?"} ${pages} ${phones}`)
    .sort();

describe("who is there", () => {
  it("is told to everybody of the domain when it changes, several changes at once", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    const bob = await rig.page("bob@a.example");
    await rig.page("bob@a.example");
    await told(rig);
    for (const page of [alice, bob]) {
      assert.deepEqual([page.of("presence.snapshot").length, page.of("presence.changed").length], [1, 0]);
      assert.deepEqual(contacts(page), ["alice@a.example 1 0", "bob@a.example 2 0"]);
    }
    bob.session.disconnected();
    await told(rig);
    assert.deepEqual(contacts(alice), ["alice@a.example 1 0", "bob@a.example 1 0"]);
    const { joined, left, changed } = alice.last("presence.changed");
    assert.deepEqual([joined.length, left.length, changed.length], [0, 0, 1]);
  });

  it("counts softphones, and names those who have no page by their account", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    await rig.world.phone({ domain: "a.example", name: "bob" });
    await told(rig);
    assert.deepEqual(contacts(alice), ["alice@a.example 1 0", "bob@a.example 0 1"]);
    const names = seenIn(alice.frames).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["ALICE", "BOB"]);
    rig.clock.advance(60_000); // the registration expires
    await told(rig);
    assert.deepEqual(contacts(alice), ["alice@a.example 1 0"]);
  });

  it("is not told when the gateway stops", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    rig.sessions.close();
    assert.deepEqual([page.last("session.closed").reason, page.closed?.code], ["server-stopping", 1001]);
    await told(rig);
    assert.equal(page.of("presence.snapshot").length, 0);
    rig.assertEmpty();
  });
});

describe("the status of people", () => {
  const statuses = (page: Page): Record<string, string> =>
    Object.fromEntries(seenIn(page.frames).map(({ name = "?", status }) => [name, status]));

  it("is offline, online, in a call while they talk, and online again", async () => {
    const rig = new SessionRig();
    const alice = await rig.page("alice@a.example");
    await told(rig);
    assert.deepEqual(statuses(alice), { ALICE: "online", BOB: "offline" });
    const bob = await rig.page("bob@a.example");
    const callId = await alice.call("bob@a.example");
    await told(rig);
    assert.deepEqual(statuses(alice), { ALICE: "online", BOB: "online" });
    await bob.ask({ type: "call.answer", callId, description: webAnswer });
    await told(rig);
    assert.deepEqual(statuses(alice), { ALICE: "in-a-call", BOB: "in-a-call" });
    await bob.ask({ type: "call.end", callId });
    await told(rig);
    assert.deepEqual(statuses(alice), { ALICE: "online", BOB: "online" });
  });
});

describe("a tenant that tries to look or reach across", () => {
  async function stage() {
    const rig = new SessionRig();
    const mine = await rig.page("alice@a.example");
    const theirs = await rig.page("alice@b.example");
    const foreignBob = await rig.page("bob@b.example");
    await rig.world.phone({ domain: "b.example", name: "bob" });
    await rig.world.phone({ domain: "a.example", name: "bob" }, "sip:own@192.0.2.7");
    await told(rig);
    return { rig, mine, theirs, foreignBob };
  }

  it("sees its own people, pages and phones only", async () => {
    const { mine, theirs } = await stage();
    assert.deepEqual(contacts(mine), ["alice@a.example 1 0", "bob@a.example 0 1"]);
    assert.deepEqual(contacts(theirs), ["alice@b.example 1 0", "bob@b.example 1 1"]);
  });

  it("is told nothing when the others come and go", async () => {
    const { rig, mine, foreignBob } = await stage();
    const before = mine.frames.length;
    foreignBob.session.disconnected();
    await rig.world.registrations.remove({ domain: "b.example", name: "bob" }, "sip:bob@192.0.2.7");
    await rig.page("carol@b.example");
    await told(rig);
    assert.equal(mine.frames.length, before);
  });

  for (const target of [
    { user: "bob@b.example" },
    { user: "bob@B.EXAMPLE" },
    { sip: "bob@b.example" },
    { sip: "sip:bob@b.example:5060;transport=udp" },
    { sip: "sips:b%6Fb@b.example" },
  ]) {
    it(`cannot call ${JSON.stringify(target)}: it is answered like nobody`, async () => {
      const { rig, mine, foreignBob } = await stage();
      const ended = async (to: object) => {
        await mine.ask({ type: "call.start", target: to, description: webOffer });
        const { reason, text, by } = mine.last("call.ended");
        return { reason, text, by };
      };
      assert.deepEqual(await ended(target), await ended({ user: "nobody@a.example" }));
      assert.deepEqual([rig.phones, foreignBob.of("call.incoming")], [[], []]);
    });
  }

  it("reaches its own namesake, not the other one", async () => {
    const { rig, mine, foreignBob } = await stage();
    await mine.call("bob@a.example");
    assert.deepEqual(
      rig.phones.map(({ party }) => party.user),
      ["bob@a.example"],
    );
    assert.equal(foreignBob.of("call.incoming").length, 0);
  });
});
