import assert from "node:assert/strict";
import { SessionRig, webAnswer, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const alice = "alice@a.example";
const bob = "bob@a.example";

const types = (page: Page): string[] =>
  page.frames.map((frame) => frame.type).filter((type) => type.startsWith("call."));

/** Several nodes of one system; alice is at the first. */
class Nodes {
  readonly all: readonly SessionRig[];

  constructor(count = 2) {
    const first = new SessionRig();
    this.all = [first, ...Array.from({ length: count - 1 }, () => new SessionRig({ beside: first }))];
  }

  node(index: number): SessionRig {
    return this.all[index] ?? assert.fail();
  }

  async pages(...users: readonly (readonly [node: number, user: string])[]): Promise<Page[]> {
    await this.told();
    const pages: Page[] = [];
    for (const [node, user] of users) pages.push(await this.node(node).page(user));
    await this.told();
    return pages;
  }

  /** What was gathered is told, at all; every tick of `step` milliseconds. */
  async told(ms = 100, step = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.node(0).clock.advance(step);
      this.node(0).heart.advance(step);
      await settled();
    }
  }

  /** Nothing is left: of calls, of legs, of their lines. */
  async end(): Promise<void> {
    await this.told(12_000, 500);
    for (const rig of this.all) {
      assert.deepEqual([rig.host.size, rig.elsewhere.size, rig.switchboard.calls, rig.relay.sessions], [0, 0, 0, 0]);
      if (rig !== this.node(0)) {
        rig.sessions.close();
        rig.stop();
      }
    }
    this.node(0).assertEmpty();
  }
}

async function connected(nodes: Nodes) {
  const [caller, callee] = await nodes.pages([0, alice], [1, bob]);
  assert.ok(caller && callee);
  const callId = await caller.call(bob);
  await settled();
  assert.equal((await callee.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
  await settled();
  return { caller, callee, callId };
}

describe("a call between pages at two nodes", () => {
  it("rings, is answered, and is ended by either", async () => {
    for (const ending of ["caller", "callee"] as const) {
      const nodes = new Nodes();
      const { caller, callee, callId } = await connected(nodes);
      assert.equal(nodes.node(0).switchboard.connected, 1);
      nodes.node(0).clock.advance(5000);
      await { caller, callee }[ending].ask({ type: "call.end", callId });
      await settled();
      assert.deepEqual(types(caller), ["call.started", "call.ringing", "call.answered", "call.ended"]);
      assert.deepEqual(types(callee), ["call.incoming", "call.answered", "call.ended"]);
      assert.deepEqual(callee.last("call.incoming").peer.target, { user: alice });
      for (const [side, page] of Object.entries({ caller, callee })) {
        const { by, reason, durationMs } = page.last("call.ended");
        assert.deepEqual([by, reason, durationMs], [side === ending ? "local" : "remote", "normal", 5000]);
      }
      await nodes.end();
    }
  });
});
