import assert from "node:assert/strict";
import type { ServerFrame } from "../../../gateway/protocol/server-frame.ts";
import { messageInfo } from "../../../gateway/messaging/views.ts";
import { SessionRig, webAnswer, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const alice = "alice@a.example";
const bob = "bob@a.example";

const seqOf = (page: Page): number => Math.max(0, ...page.frames.map((frame) => ("seq" in frame ? frame.seq : 0)));
const valuesOf = (pages: readonly Page[]): unknown[] =>
  pages.flatMap((page) => page.of("data.received")).map(({ value }) => value);
const textsOf = (page: Page): string[] => page.of("message.received").map(({ message }) => message.text);

/** Two nodes of one system. */
class TwoNodes {
  readonly here = new SessionRig();
  readonly there = new SessionRig({ beside: this.here });

  /** What was gathered is told and written, at both. */
  async told(ms = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.here.clock.advance(50);
      this.here.heart.advance(50);
      await settled();
    }
  }

  /** The page of `before` comes to `rig`. */
  async back(rig: SessionRig, before: Page, more: Record<string, unknown> = {}): Promise<Page> {
    const page = rig.connect();
    const { id: sessionId } = before.session;
    await page.ask({ type: "session.resume", token: alice, sessionId, seq: seqOf(before), ...more });
    await settled();
    return page;
  }

  /** Alice's message to bob is kept, and nobody is told yet: the event that tells bob. */
  async keep(text: string) {
    const key = "a.example/direct/alice/bob";
    const message = { messageId: text, from: alice, at: this.here.clock.now(), text };
    const { message: kept } = await this.here.conversations.add(key, message, [alice, bob]);
    return { type: "message.received", message: messageInfo(key, { members: [] }, kept, bob) } as const;
  }

  /** Nothing is left. */
  end(): void {
    this.there.sessions.close();
    this.there.stop();
    this.here.assertEmpty();
  }
}

const send = (page: Page, value: unknown): Promise<ServerFrame | undefined> =>
  page.ask({ type: "data.send", to: { user: alice }, value });

describe("sessions at several nodes", () => {
  it("are told of messages, marks, typing and data of each other", async () => {
    const nodes = new TwoNodes();
    const [mine, theirs] = [await nodes.here.page(alice), await nodes.there.page(bob)];
    await nodes.told();
    const to = { user: bob };
    assert.equal((await mine.ask({ type: "message.send", to, text: "hi", messageId: "m" }))?.type, "message.accepted");
    assert.equal((await mine.ask({ type: "message.typing", to }))?.type, "ok");
    assert.equal((await mine.ask({ type: "data.send", to, value: 7 }))?.type, "ok");
    await settled();
    assert.deepEqual(textsOf(theirs), ["hi"]);
    assert.deepEqual(theirs.last("message.typing").from.target, { user: alice });
    assert.equal(theirs.last("data.received").value, 7);
    await theirs.ask({ type: "message.mark", of: { user: alice }, number: 1, state: "read" });
    await settled();
    assert.equal(mine.last("message.receipt").state, "read");
    nodes.end();
  });

  it("go on at the node to which their page comes: each event once, in order, and nothing is done twice", async () => {
    const nodes = new TwoNodes();
    const [mine, theirs] = [await nodes.here.page(alice), await nodes.here.page(bob)];
    const away = await nodes.there.page("carol@a.example");
    await nodes.told();
    await send(theirs, 1);
    mine.connection.disconnected("lost");
    await send(theirs, 2);
    const asked = mine.frames.find((frame) => frame.type === "session.opened");
    const page = nodes.there.connect();
    const resume = { token: alice, sessionId: mine.session.id, seq: seqOf(mine), asked: [asked?.re] };
    page.connection.receive({ type: "session.resume", id: "back", ...resume });
    // While it is on its way.
    await Promise.all([send(theirs, 3), send(away, 4)]);
    await settled();
    await send(away, 5);
    await send(theirs, 6);
    await settled();
    assert.deepEqual(valuesOf([mine, page]).sort(), [1, 2, 3, 4, 5, 6]);
    const numbers = page.frames.flatMap((frame) => ("seq" in frame ? [frame.seq] : []));
    assert.deepEqual(
      numbers,
      numbers.map((_number, index) => (numbers[0] ?? 0) + index),
    );
    assert.equal(numbers[0], seqOf(mine) + 1);
    assert.deepEqual(page.frames[0], asked);
    assert.equal(page.last("session.resumed").resync, undefined);
    assert.deepEqual([nodes.here.sessions.size, nodes.there.sessions.size], [1, 2]);
    nodes.end();
  });

  it("take their groups and status along, and contacts see no difference", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice, { groups: ["sales"], watch: [], status: "busy" });
    const theirs = await nodes.there.page(bob, { watch: ["sales"] });
    await nodes.told();
    const before = nodes.there.presenceFrames;
    mine.connection.disconnected("lost");
    const page = await nodes.back(nodes.there, mine);
    await nodes.told(20_000);
    assert.equal(nodes.there.presenceFrames, before);
    assert.deepEqual(nodes.there.presence.of(page.session.id)?.wishes, {
      groups: ["sales"],
      watch: [],
      status: "busy",
    });
    assert.equal(theirs.of("presence.changed").length, 0);
    nodes.end();
  });

  it("take their calls along: sound stays at the node that has the call", async () => {
    const nodes = new TwoNodes();
    const [mine, theirs] = [await nodes.here.page(alice), await nodes.here.page(bob)];
    const callId = await mine.call(bob);
    await theirs.ask({ type: "call.answer", callId, description: webAnswer });
    mine.connection.disconnected("lost");
    const page = await nodes.back(nodes.there, mine);
    assert.deepEqual(page.last("session.resumed").calls, [callId]);
    assert.equal(page.of("call.ended").length + theirs.of("call.ended").length, 0);
    await page.ask({ type: "call.end", callId, id: "end" });
    await nodes.told();
    assert.deepEqual([theirs.last("call.ended").by, theirs.last("call.ended").reason], ["remote", "normal"]);
    nodes.end();
  });

  it("are given back, and forth, as often as their page likes", async () => {
    const nodes = new TwoNodes();
    const theirs = await nodes.here.page(bob);
    const pages = [await nodes.here.page(alice)];
    await nodes.told();
    for (let moved = 0; moved < 6; moved++) {
      const [last] = pages.slice(-1);
      assert.ok(last);
      last.connection.disconnected("lost");
      await send(theirs, moved);
      pages.push(await nodes.back(moved % 2 === 0 ? nodes.there : nodes.here, last));
      await nodes.told();
    }
    assert.deepEqual(valuesOf(pages), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([nodes.here.sessions.size, nodes.there.sessions.size], [2, 0]);
    nodes.end();
  });

  it("are taken from a connection that is up, as within a node; the later one has it", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice);
    await nodes.told();
    const page = await nodes.back(nodes.there, mine);
    assert.deepEqual(mine.closed, { code: 4409, reason: "resumed" });
    assert.equal(page.of("session.resumed").length, 1);
    nodes.end();
  });

  it("are not given to somebody else, nor to two", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice);
    await nodes.told();
    mine.connection.disconnected("lost");
    for (const more of [{ token: bob }, { token: "alice@b.example" }, { sessionId: "1111" }])
      assert.equal((await nodes.back(nodes.there, mine, more)).last("refused").code, "unknown-session");
    const pages = await Promise.all([nodes.back(nodes.there, mine), nodes.back(nodes.there, mine)]);
    assert.deepEqual(
      pages.map((page) => page.of("session.resumed").length),
      [1, 1],
    );
    assert.equal(pages.filter(({ closed }) => closed?.code === 4409).length, 1);
    nodes.end();
  });

  it("are left alone where a newer release wrote them down", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice);
    await nodes.told();
    const { id } = mine.session;
    const record = await nodes.here.records.find(id);
    assert.ok(record);
    await nodes.here.records.put(id, nodes.here.node.bus.node, { ...record, state: { form: 99 } });
    const page = await nodes.back(nodes.there, mine);
    assert.equal(page.last("refused").code, "unknown-session");
    assert.deepEqual(
      nodes.there.lines.filter((line) => line === "newer"),
      ["newer"],
    );
    assert.deepEqual((await nodes.here.records.find(id))?.state, { form: 99 });
    nodes.end();
  });

  it("of a node that died are made anew: the page reads everything again, nothing kept is lost", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice, { status: "busy" });
    const theirs = await nodes.there.page(bob);
    await nodes.told();
    nodes.here.stop();
    assert.equal(
      (await theirs.ask({ type: "message.send", to: { user: alice }, text: "late", messageId: "m" }))?.type,
      "message.accepted",
    );
    const page = await nodes.back(nodes.there, mine);
    assert.equal(page.last("session.resumed").resync, true);
    assert.deepEqual(textsOf(page), ["late"]);
    await nodes.told();
    assert.equal(nodes.there.presence.of(page.session.id)?.wishes.status, "busy");
    assert.deepEqual([nodes.there.resumes, page.session.id], [["resumed"], mine.session.id]);
    nodes.here.sessions.close();
    nodes.there.assertEmpty();
  });

  it("hear once of a message that was kept, and never told, by a node that died", async () => {
    const nodes = new TwoNodes();
    const theirs = await nodes.there.page(bob);
    await nodes.told();
    const [told] = [await nodes.keep("told"), await nodes.keep("untold")];
    theirs.session.hear(told);
    nodes.here.stop();
    await settled();
    await settled();
    assert.deepEqual(textsOf(theirs), ["told", "untold"]);
    nodes.there.assertEmpty();
  });

  it("are told messages in the order of the store, whichever node tells first", async () => {
    const nodes = new TwoNodes();
    const theirs = await nodes.there.page(bob);
    await nodes.told();
    const events = [];
    for (const text of ["1", "2", "3", "4"]) events.push(await nodes.keep(text));
    const [one, two, three, four] = events;
    assert.ok(one && two && three && four);
    for (const event of [one, three, two, four, three]) theirs.session.hear(event);
    await settled();
    await settled();
    assert.deepEqual(textsOf(theirs), ["1", "2", "3", "4"]);
    nodes.end();
  });

  it("of a node that was taken for dead are over there when it is back", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice);
    const theirs = await nodes.there.page(bob);
    await nodes.told();
    nodes.here.node.bus.isUp = false;
    const page = await nodes.back(nodes.there, mine);
    assert.equal(page.last("session.resumed").resync, true);
    assert.deepEqual([nodes.here.sessions.size, nodes.there.sessions.size], [1, 2]);
    nodes.here.node.bus.isUp = true;
    await nodes.told(200);
    assert.deepEqual([nodes.here.sessions.size, nodes.there.sessions.size], [0, 2]);
    assert.equal(mine.closed?.code, 4409);
    await nodes.told(20_000);
    assert.equal(
      theirs.frames.some((frame) => JSON.stringify(frame).includes('"offline"')),
      false,
    );
    nodes.end();
  });

  it("wait in the store when their node stops, and go on where their page comes", async () => {
    const nodes = new TwoNodes();
    const mine = await nodes.here.page(alice);
    const theirs = await nodes.there.page(bob);
    await nodes.told();
    await send(theirs, 1);
    const seq = seqOf(mine);
    await send(theirs, 2);
    await nodes.here.handOver.park();
    assert.equal(mine.closed?.code, 1012);
    assert.equal(mine.of("session.closed").length, 0);
    nodes.here.stop();
    const page = await nodes.back(nodes.there, mine, { seq });
    assert.deepEqual([valuesOf([page]), page.last("session.resumed").resync], [[2], undefined]);
    await nodes.told(20_000);
    assert.equal(
      theirs.frames.some((frame) => JSON.stringify(frame).includes('"offline"')),
      false,
    );
    nodes.there.assertEmpty();
  });
});
