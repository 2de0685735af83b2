import assert from "node:assert/strict";
import { Drain } from "../../../gateway/session/drain.ts";
import { SessionRig, webAnswer } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const timeout = 60_000;

async function stage() {
  const rig = new SessionRig();
  const pages = [await rig.page("alice@a.example"), await rig.page("bob@a.example")] as const;
  let over = false;
  const begin = (): Drain => {
    const drain = new Drain({
      clock: rig.clock,
      sessions: () => rig.sessions.all,
      calls: () => rig.switchboard.calls,
      timeout,
    });
    void drain.done.then(() => (over = true));
    return drain;
  };
  const pass = async (ms: number): Promise<boolean> => {
    for (let passed = 0; passed < ms; passed += 100) {
      rig.clock.advance(100);
      await settled();
    }
    return over;
  };
  return { rig, pages, begin, pass };
}

describe("a node that goes while others stay", () => {
  it("sends its pages away, waits for them a moment, and keeps their sessions", async () => {
    const { rig, pages, begin, pass } = await stage();
    begin();
    assert.equal(await pass(9_800), false);
    for (const page of pages) {
      assert.deepEqual(page.closed, { code: 1012, reason: "restarting" });
      assert.equal(page.session.present, true);
    }
    assert.equal(await pass(400), true);
    assert.equal(rig.sessions.size, 2);
    rig.assertEmpty();
  });

  it("waits for a page that is on its way no longer than until it has come elsewhere", async () => {
    const { rig, pages, begin, pass } = await stage();
    begin();
    await pass(1_000);
    for (const page of pages) page.session.giveUp();
    assert.equal(await pass(200), true);
    rig.assertEmpty();
  });

  it("keeps the pages of a call until it is over, and for no longer than the time that is set", async () => {
    const { rig, pages, begin, pass } = await stage();
    const [alice, bob] = pages;
    const callId = await alice.call("bob@a.example");
    await bob.ask({ type: "call.answer", callId, description: webAnswer });
    const drain = begin();
    assert.equal(await pass(30_000), false);
    assert.deepEqual([alice.closed, bob.closed], [undefined, undefined]);
    await alice.ask({ type: "call.end", callId });
    await pass(200);
    assert.deepEqual([alice.closed?.code, bob.closed?.code], [1012, 1012]);
    drain.close();
    rig.assertEmpty();
  });

  it("goes when the time is over, calls or not, and at once when it is told to", async () => {
    const { rig, pages, begin, pass } = await stage();
    const [alice, bob] = pages;
    const callId = await alice.call("bob@a.example");
    await bob.ask({ type: "call.answer", callId, description: webAnswer });
    begin();
    assert.equal(await pass(timeout - 200), false);
    assert.equal(await pass(400), true);
    const again = begin();
    again.close();
    await again.done;
    rig.assertEmpty();
  });

  it("does not wait for pages that were away before, nor for guests", async () => {
    const { rig, pages, begin, pass } = await stage();
    for (const page of pages) page.connection.disconnected("lost");
    const guest = rig.visit("https://shop.example");
    await guest.ask({ type: "session.open", appKey: "shop-key" });
    begin();
    assert.equal(await pass(100), true);
    assert.equal(guest.closed, undefined);
    rig.assertEmpty();
  });
});
