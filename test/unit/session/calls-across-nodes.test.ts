import assert from "node:assert/strict";
import { uuid } from "../../../gateway/base/ids.ts";
import type { LegId } from "../../../gateway/call/leg.ts";
import { leaseMs } from "../../../gateway/directory/nodes.ts";
import { answersTo, questions, toHost } from "../../../gateway/switchboard/leg-letters.ts";
import type { ContactInfo } from "../../../gateway/protocol/values.ts";
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

  it("rings all pages at all nodes; the first to answer wins, the others see answered elsewhere", async () => {
    const nodes = new Nodes(3);
    const [caller, ...called] = await nodes.pages([0, alice], [0, bob], [1, bob], [2, bob]);
    assert.ok(caller);
    const callId = await caller.call(bob);
    await settled();
    const [here, there, far] = called;
    assert.ok(here && there && far);
    assert.equal((await far.ask({ type: "call.answer", callId, description: webAnswer }))?.type, "ok");
    await settled();
    assert.equal(caller.of("call.answered").length, 1);
    for (const page of [here, there]) assert.equal(page.last("call.ended").reason, "answered-elsewhere");
    await far.ask({ type: "call.end", callId });
    await settled();
    assert.equal(caller.last("call.ended").by, "remote");
    await nodes.end();
  });

  it("is given up before anybody answered, or refused, or answered by two at once", async () => {
    const nodes = new Nodes(3);
    const [caller, there, far] = await nodes.pages([0, alice], [1, bob], [2, bob]);
    assert.ok(caller && there && far);
    const given = await caller.call(bob);
    await settled();
    await caller.ask({ type: "call.end", callId: given });
    await settled();
    for (const page of [there, far]) assert.equal(page.last("call.ended").reason, "cancelled");
    const refused = await caller.call(bob);
    await settled();
    await there.ask({ type: "call.reject", callId: refused, reason: "busy" });
    await far.ask({ type: "call.reject", callId: refused });
    await settled();
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "declined"]);
    const both = await caller.call(bob);
    await settled();
    const answer = { type: "call.answer", callId: both, description: webAnswer };
    await Promise.all([there.ask(answer), far.ask(answer)]);
    await settled();
    assert.equal(nodes.node(0).switchboard.connected, 1);
    assert.deepEqual(
      [there, far].map((page) => page.of("call.ended").filter(({ callId }) => callId === both).length).sort(),
      [0, 1],
    );
    await caller.ask({ type: "call.end", callId: both });
    await nodes.end();
  });

  it("carries keys both ways, and changes of the media", async () => {
    const nodes = new Nodes();
    const { caller, callee, callId } = await connected(nodes);
    await callee.ask({ type: "call.dtmf", callId, digits: "12" });
    await caller.ask({ type: "call.dtmf", callId, digits: "3" });
    await nodes.told(1000);
    assert.deepEqual(
      [caller, callee].map((page) =>
        page
          .of("call.dtmf")
          .map(({ digit }) => digit)
          .join(""),
      ),
      ["12", "3"],
    );
    await caller.ask({ type: "call.end", callId });
    await nodes.end();
  });

  it("is not rung when the user says so at another node, though nobody of the domain is here", async () => {
    const nodes = new Nodes();
    const [callee] = await nodes.pages([1, bob]);
    await callee?.ask({ type: "presence.status", status: "do-not-disturb" });
    await nodes.told();
    const found = await nodes.node(0).elsewhere.find({ domain: "a.example", name: "bob" });
    assert.equal(found?.undisturbed, true);
    await nodes.end();
  });

  it("is seen in presence at every node", async () => {
    const nodes = new Nodes(3);
    const { caller, callId } = await connected(nodes);
    const [watcher] = await nodes.pages([2, "carol@a.example"]);
    const told = (): readonly ContactInfo[] =>
      (watcher?.frames ?? []).flatMap((frame) => {
        if (frame.type === "presence.snapshot") return frame.contacts;
        return frame.type === "presence.changed" ? frame.changed : [];
      });
    const statusOf = (name: string): string | undefined =>
      told().findLast(({ target }) => "user" in target && target.user === name)?.status;
    assert.deepEqual([statusOf(alice), statusOf(bob)], ["in-a-call", "in-a-call"]);
    await caller.ask({ type: "call.end", callId });
    await nodes.told(200);
    assert.deepEqual([statusOf(alice), statusOf(bob)], ["online", "online"]);
    await nodes.end();
  });
});

describe("a call between two nodes, one of which fails", () => {
  it("ends at the node of the leg when the owner is gone", async () => {
    const nodes = new Nodes();
    const { caller, callee, callId } = await connected(nodes);
    nodes.node(0).node.bus.isUp = false;
    await nodes.told(leaseMs - 1000, 500);
    assert.equal(callee.of("call.ended").length, 0);
    await nodes.told(2000, 500);
    assert.deepEqual([callee.last("call.ended").by, callee.last("call.ended").reason], ["system", "network-lost"]);
    assert.equal(nodes.node(1).host.size, 0);
    await caller.ask({ type: "call.end", callId });
    nodes.node(0).node.bus.isUp = true;
    await nodes.end();
  });

  it("ends at the owner when the node of the leg is gone, and when it is back that ends its own", async () => {
    const nodes = new Nodes();
    const { caller, callee } = await connected(nodes);
    nodes.node(1).node.bus.isUp = false;
    await nodes.told(leaseMs + 1000, 500);
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "network-lost"]);
    assert.equal(callee.of("call.ended").length, 0);
    nodes.node(1).node.bus.isUp = true;
    await nodes.told(1000);
    assert.equal(callee.last("call.ended").reason, "network-lost");
    await nodes.end();
  });

  it("goes on ringing elsewhere when a node is gone", async () => {
    const nodes = new Nodes(3);
    const [caller, there, far] = await nodes.pages([0, alice], [1, bob], [2, bob]);
    assert.ok(caller && there && far);
    const callId = await caller.call(bob);
    await settled();
    nodes.node(1).node.bus.isUp = false;
    await nodes.told(leaseMs + 1000, 500);
    assert.equal(caller.of("call.ended").length, 0);
    await far.ask({ type: "call.answer", callId, description: webAnswer });
    await settled();
    assert.equal(nodes.node(0).switchboard.connected, 1);
    await caller.ask({ type: "call.end", callId });
    nodes.node(1).node.bus.isUp = true;
    await nodes.end();
  });

  it("stands while the bus is away; what was said meanwhile comes after, once and in order", async () => {
    const nodes = new Nodes();
    const { caller, callee, callId } = await connected(nodes);
    for (const rig of nodes.all) rig.node.bus.isUp = false;
    await callee.ask({ type: "call.dtmf", callId, digits: "123456" });
    await nodes.told(20_000, 500);
    assert.equal(caller.of("call.dtmf").length, 0);
    assert.equal(nodes.node(0).switchboard.connected, 1);
    // Own users are reached at once.
    const [mine] = await nodes.pages([0, "bob@a.example"]);
    const local = await caller.call(bob);
    await settled();
    assert.equal(mine?.last("call.incoming").callId, local);
    await caller.ask({ type: "call.end", callId: local });
    for (const rig of nodes.all) rig.node.bus.isUp = true;
    await nodes.told(2000);
    assert.equal(
      caller
        .of("call.dtmf")
        .map(({ digit }) => digit)
        .join(""),
      "123456",
    );
    for (const rig of nodes.all) rig.node.bus.isUp = false;
    await callee.ask({ type: "call.end", callId });
    await nodes.told(3000);
    assert.equal(caller.of("call.ended").length, 1);
    for (const rig of nodes.all) rig.node.bus.isUp = true;
    await nodes.told(1000);
    const end = caller.last("call.ended");
    assert.deepEqual([end.callId, end.by, end.reason], [callId, "remote", "normal"]);
    await nodes.end();
  });

  it("is rung after a moment without a node that does not answer, which is waited for once", async () => {
    const nodes = new Nodes();
    const [caller, here] = await nodes.pages([0, alice], [0, bob]);
    assert.ok(caller && here);
    nodes.node(1).node.bus.isUp = false;
    const first = await caller.call(bob);
    await nodes.told(250);
    assert.equal(here.of("call.incoming").length, 0);
    await nodes.told(100);
    assert.equal(here.last("call.incoming").callId, first);
    const second = await caller.call(bob);
    await settled();
    assert.equal(here.last("call.incoming").callId, second);
    for (const callId of [first, second]) await caller.ask({ type: "call.end", callId });
    nodes.node(1).node.bus.isUp = true;
    await nodes.end();
  });

  it("ends for both, and says why, when the page goes on at another node", async () => {
    const nodes = new Nodes(3);
    const { caller, callee } = await connected(nodes);
    const { id: sessionId } = callee.session;
    const seq = Math.max(0, ...callee.frames.map((frame) => ("seq" in frame ? frame.seq : 0)));
    const moved = nodes.node(2).connect();
    await moved.ask({ type: "session.resume", token: bob, sessionId, seq });
    await nodes.told(1000);
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "network-lost"]);
    assert.equal(moved.last("call.ended").reason, "network-lost");
    await nodes.end();
  });

  it("fails when the page went after it was found", async () => {
    const nodes = new Nodes();
    const [caller, callee] = await nodes.pages([0, alice], [1, bob]);
    assert.ok(caller && callee);
    nodes.node(0).relay.held = true;
    await caller.call(bob);
    await settled();
    callee.session.close("closed");
    nodes.node(0).relay.proceed();
    await nodes.told(1000);
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "unavailable"]);
    await nodes.end();
  });
});

describe("a leg of another node's call", () => {
  it("obeys the node that asked for it, and no other", async () => {
    const nodes = new Nodes(3);
    const { caller, callee, callId } = await connected(nodes);
    const [owner, stranger] = [nodes.node(0).node.bus, nodes.node(2).node.bus];
    const host = nodes.node(1).node.bus.node;
    // The leg's id is known to the owner alone: it is asked for as a stranger would have to.
    const ids: LegId[] = [];
    const sent = owner.subscribe(toHost(host), ({ leg }) => ids.push(leg));
    await caller.ask({ type: "call.dtmf", callId, digits: "1" });
    sent.close();
    const [leg] = ids;
    assert.ok(leg);
    const end = { do: "end", cause: { code: "normal" }, by: "remote" } as const;
    for (const id of [leg, uuid() as LegId])
      stranger.publish(toHost(host), { leg: id, frame: { heard: 0, n: 1, value: end } });
    await nodes.told(1000);
    assert.equal(callee.of("call.ended").length, 0);
    await caller.ask({ type: "call.end", callId });
    await nodes.end();
  });

  it("is forgotten when it is never rung", async () => {
    const nodes = new Nodes();
    await nodes.pages([1, bob]);
    const { bus } = nodes.node(0).node;
    const found: LegId[] = [];
    const asked = bus.subscribe(answersTo(bus.node), ({ legs }) => found.push(...legs.map(({ leg }) => leg)));
    bus.publish(questions, { ask: "q", domain: "a.example", name: "bob" });
    await settled();
    assert.equal(found.length, 1);
    asked.close();
    await nodes.end();
  });
});
