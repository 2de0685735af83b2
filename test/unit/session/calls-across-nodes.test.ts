import assert from "node:assert/strict";
import { uuid } from "../../../gateway/base/ids.ts";
import type { LegId } from "../../../gateway/call/leg.ts";
import { leaseMs } from "../../../gateway/directory/nodes.ts";
import { toHost } from "../../../gateway/switchboard/leg-letters.ts";
import type { ContactInfo } from "../../../gateway/protocol/values.ts";
import { SessionRig, webAnswer, webOffer, type Page } from "../../support/session-rig.ts";
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

/** The page goes on at another node, with a new connection. */
async function move(nodes: Nodes, page: Page, user: string, to: number, more: object = {}): Promise<Page> {
  const { id: sessionId } = page.session;
  const seq = Math.max(0, ...page.frames.map((frame) => ("seq" in frame ? frame.seq : 0)));
  const moved = nodes.node(to).connect();
  await moved.ask({ type: "session.resume", token: user, sessionId, seq, ...more });
  await nodes.told(200);
  assert.equal(moved.of("session.resumed").length, 1, JSON.stringify(moved.frames));
  return moved;
}

describe("a call whose page goes on at another node", () => {
  const press = (page: Page, callId: string, digits: string): Promise<unknown> =>
    page.ask({ type: "call.dtmf", callId, digits });
  const pressed = (page: Page): string =>
    page
      .of("call.dtmf")
      .map(({ digit }) => digit)
      .join("");

  it("goes on, whichever side moves, however often, and both are told its end", async () => {
    for (const ending of ["caller", "callee"] as const) {
      const nodes = new Nodes(3);
      const { caller, callee, callId } = await connected(nodes);
      const callees = [await move(nodes, callee, bob, 2)];
      callees.push(await move(nodes, callees[0] ?? assert.fail(), bob, 0));
      const [, last] = callees;
      const calling = await move(nodes, caller, alice, 1);
      assert.ok(last);
      for (const page of [last, calling]) assert.deepEqual(page.last("session.resumed").calls, [callId]);
      assert.equal(nodes.node(0).switchboard.connected, 1);
      await press(calling, callId, "12");
      await press(last, callId, "34");
      await nodes.told(1500);
      assert.deepEqual([pressed(last), pressed(calling)], ["12", "34"]);
      await { caller: calling, callee: last }[ending].ask({ type: "call.end", callId });
      await nodes.told(200);
      for (const [side, page] of Object.entries({ caller: calling, callee: last })) {
        const { by, reason, durationMs } = page.last("call.ended");
        assert.deepEqual([by, reason], [side === ending ? "local" : "remote", "normal"]);
        assert.ok(durationMs >= 1500, `${side} talked ${durationMs} ms`);
      }
      assert.equal(caller.of("call.ended").length + callee.of("call.ended").length, 0);
      await nodes.end();
    }
  });

  it("rings on there, and is answered", async () => {
    const nodes = new Nodes(3);
    const [caller, callee] = await nodes.pages([0, alice], [1, bob]);
    assert.ok(caller && callee);
    const callId = await caller.call(bob);
    await settled();
    const moved = await move(nodes, callee, bob, 2);
    await moved.ask({ type: "call.answer", callId, description: webAnswer, id: "answer" });
    await nodes.told(100);
    assert.equal(caller.of("call.answered").length, 1);
    assert.equal(moved.of("call.answered").length, 1);
    await caller.ask({ type: "call.end", callId });
    await nodes.told(100);
    assert.equal(moved.last("call.ended").by, "remote");
    await nodes.end();
  });

  it("is told on the new node when the other side hung up meanwhile", async () => {
    const nodes = new Nodes(3);
    const { caller, callee, callId } = await connected(nodes);
    const moving = move(nodes, callee, bob, 2);
    await caller.ask({ type: "call.end", callId });
    const moved = await moving;
    await nodes.told(1000);
    const end = [...callee.of("call.ended"), ...moved.of("call.ended")];
    assert.ok(end.length >= 1);
    assert.equal(
      nodes.all.reduce((sum, rig) => sum + rig.host.size + rig.elsewhere.size, 0),
      0,
    );
    await nodes.end();
  });

  it("is gone on with by a page that was loaded anew, as at one node", async () => {
    const nodes = new Nodes(3);
    const { caller, callee, callId } = await connected(nodes);
    callee.connection.disconnected("left");
    await settled();
    const moved = await move(nodes, callee, bob, 2, { reload: true, renews: true });
    const [standing] = moved.last("session.resumed").standing ?? [];
    assert.deepEqual([standing?.callId, standing?.direction, standing?.peer.target], [callId, "in", { user: alice }]);
    const answering = moved.ask({ type: "call.renew", callId, description: webOffer, id: "renew" });
    await nodes.told(100);
    await answering;
    assert.equal(moved.of("call.renewed").length, 1);
    await moved.ask({ type: "call.end", callId, id: "end" });
    await nodes.told(100);
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "normal"]);
    await nodes.end();
  });

  it("ends for both when a page was loaded anew that cannot go on with it", async () => {
    const nodes = new Nodes(3);
    const { caller, callee } = await connected(nodes);
    await move(nodes, callee, bob, 2, { reload: true });
    await nodes.told(1000);
    assert.deepEqual([caller.last("call.ended").by, caller.last("call.ended").reason], ["remote", "network-lost"]);
    await nodes.end();
  });

  it("ends when the new node never takes it, or dies", async () => {
    const nodes = new Nodes(3);
    const { caller, callee } = await connected(nodes);
    const { id: session } = callee.session;
    const [stranger, holder] = [nodes.node(2).node.bus, nodes.node(1).node.bus];
    const give = { is: "give", ask: "x", session, user: "a.example/bob", to: stranger.node };
    stranger.publish({ name: `node/${holder.node}`, is: (value): value is object => value !== undefined }, give);
    await nodes.told(4500, 500);
    assert.equal(caller.of("call.ended").length, 0);
    await nodes.told(1500, 500);
    assert.equal(caller.last("call.ended").reason, "network-lost");
    await nodes.end();

    const others = new Nodes(3);
    const talk = await connected(others);
    const moved = await move(others, talk.callee, bob, 2);
    others.node(2).node.bus.isUp = false;
    await others.told(leaseMs + 1000, 500);
    assert.equal(talk.caller.last("call.ended").reason, "network-lost");
    others.node(2).node.bus.isUp = true;
    await others.told(1000);
    assert.equal(moved.last("call.ended").reason, "network-lost");
    await others.end();
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
    const found = await nodes.node(0).elsewhere.find({ domain: "a.example", name: "bob" });
    assert.equal(found?.legs.length, 1);
    await nodes.end();
  });
});
