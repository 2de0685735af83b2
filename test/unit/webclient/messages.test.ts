import assert from "node:assert/strict";
import type { ConversationInfo, MessageInfo } from "../../../gateway/protocol/message-values.ts";
import { connect, type Message } from "../../../webclient/index.ts";
import { FakePlatform } from "../../support/fake-platform.ts";

const bob = { user: "bob@localhost" };
const me = { user: "alice@localhost" };

const info = (number: number, more: Partial<MessageInfo> = {}): MessageInfo => ({
  of: bob,
  messageId: `m${number}`,
  number,
  from: { target: bob, name: "Bob", can: ["chat"] },
  at: number * 1_000,
  text: `text ${number}`,
  ...more,
});
const conversation = (more: Partial<ConversationInfo> = {}): ConversationInfo => ({
  of: bob,
  peer: { target: bob, name: "Bob", can: ["chat"] },
  unread: 0,
  read: 0,
  ...more,
});

async function stage() {
  const platform = new FakePlatform();
  const accepted = (frame: Record<string, unknown>): MessageInfo =>
    info(9, { messageId: String(frame["messageId"]), from: { target: me, can: [] }, text: String(frame["text"]) });
  platform.answers.set("message.send", (frame) => ({ type: "message.accepted", message: accepted(frame) }));
  const session = await connect({ user: me.user, platform });
  const heard: Message[] = [];
  session.messages.on("message", (message) => heard.push(message));
  const sent = (type: string) => platform.socket.sent.filter((frame) => frame.type === type);
  const receive = (message: MessageInfo) => platform.socket.fact({ type: "message.received", message });
  return { platform, session, messages: session.messages, heard, sent, receive };
}

describe("messages of the library", () => {
  it("are sent under an id of ours, and are there as the gateway has kept them", async () => {
    const { messages, sent } = await stage();
    const message = await messages.send(bob, "hi");
    assert.deepEqual([message.text, message.at], ["hi", new Date(9_000)]);
    assert.equal(sent("message.send")[0]?.["messageId"], message.id);
    assert.equal(messages.view().conversations[0]?.last?.id, message.id);
    assert.equal((await messages.send(bob, "again", { id: "mine" })).id, "mine");
  });

  it("wait for a lost connection, and go under the same id again", async () => {
    const { platform, messages } = await stage();
    platform.answers.set("message.send", () => undefined);
    const sending = messages.send(bob, "hi", { id: "once" });
    await platform.pass(1);
    const before = platform.socket;
    platform.answers.set("message.send", (frame) => ({
      type: "message.accepted",
      message: info(1, { messageId: String(frame["messageId"]) }),
    }));
    before.drop();
    await platform.pass(10_000);
    assert.equal((await sending).id, "once");
    assert.notEqual(platform.socket, before);
    const ids = [before, platform.socket].map(
      ({ sent }) => sent.find(({ type }) => type === "message.send")?.["messageId"],
    );
    assert.deepEqual(ids, ["once", "once"]);
  });

  it("that the gateway cannot keep yet wait until it has, and are told to nobody before", async () => {
    const { platform, messages, heard, receive, sent } = await stage();
    platform.answers.set("message.send", ({ messageId }) => ({
      type: "message.pending",
      of: bob,
      messageId: String(messageId),
    }));
    const waiting: string[] = [];
    messages.on("pending", ({ id }) => waiting.push(id));
    const sending = messages.send(bob, "hi", { id: "one" });
    const refused = assert.rejects(messages.send(bob, "hi", { id: "two" }), { code: "bad-target" });
    await platform.pass(20_000);
    assert.deepEqual(waiting, ["one", "two"]);
    receive(info(3, { messageId: "one", from: { target: me, can: [] }, state: "sent" }));
    platform.socket.fact({ type: "message.refused", of: bob, messageId: "two", code: "bad-target", text: "Nobody." });
    assert.deepEqual([(await sending).number, heard.length, sent("message.send").length], [3, 0, 2]);
    await refused;
  });

  it("that wait when the connection is lost are sent again", async () => {
    const { platform, messages } = await stage();
    platform.answers.set("message.send", ({ messageId }) => ({
      type: "message.pending",
      of: bob,
      messageId: String(messageId),
    }));
    const sending = messages.send(bob, "hi", { id: "once" });
    await platform.pass(1);
    platform.answers.set("message.send", () => ({ type: "message.accepted", message: info(1, { messageId: "once" }) }));
    platform.socket.drop();
    await platform.pass(10_000);
    assert.equal((await sending).id, "once");
  });

  it("are told once each, also when two nodes send them in another order", async () => {
    const { heard, receive } = await stage();
    for (const number of [5, 4, 5, 4, 120, 6, 119]) receive(info(number));
    assert.deepEqual(
      heard.map(({ number }) => number),
      [5, 4, 120, 119],
    );
  });

  it("are given up by a signal, and by the end of the session", async () => {
    const { platform, session, messages } = await stage();
    platform.answers.set("message.send", () => undefined);
    const controller = new AbortController();
    const given = messages.send(bob, "hi", { signal: controller.signal });
    const lost = messages.send(bob, "hi");
    platform.reachable = false;
    platform.socket.drop();
    await platform.pass(1);
    controller.abort();
    await assert.rejects(given, { code: "aborted" });
    void session.close();
    await assert.rejects(lost, { code: "unreachable" });
  });

  it("come once and in order, whatever is told twice, and are confirmed together", async () => {
    const { platform, heard, sent, receive } = await stage();
    for (const number of [1, 2, 1, 2, 3]) receive(info(number));
    await platform.pass(100);
    assert.deepEqual(
      heard.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.deepEqual(
      sent("message.mark").map(({ number, state }) => [number, state]),
      [[3, "delivered"]],
    );
  });

  it("count what is unread: what the list has counted already counts once", async () => {
    const { platform, messages, receive } = await stage();
    const conversations = [conversation({ unread: 2, last: info(2) })];
    platform.socket.fact({ type: "message.conversations", conversations });
    for (const number of [1, 2]) receive(info(number));
    assert.equal(messages.view().unread, 2);
    receive(info(3));
    receive(info(4, { from: { target: me, can: [] }, state: "sent" }));
    assert.deepEqual([messages.view().unread, messages.view().conversations[0]?.last?.number], [3, 4]);
    platform.socket.fact({ type: "message.unread", of: bob, unread: 0, number: 4 });
    assert.equal(messages.view().unread, 0);
  });

  it("tell edits, receipts, typing and groups", async () => {
    const { platform, messages } = await stage();
    const facts: unknown[] = [];
    messages.on("changed", ({ text }) => facts.push(text));
    messages.on("receipt", ({ id, state }) => facts.push([id, state]));
    messages.on("typing", ({ of }) => facts.push(of));
    messages.on("group", ({ groupId, group }) => facts.push([groupId, group?.name]));
    const by = { target: bob, can: [] };
    platform.socket.fact({ type: "message.changed", message: info(1, { deleted: true, text: "" }) });
    platform.socket.fact({ type: "message.receipt", of: bob, by, state: "read", messageId: "m1", number: 1 });
    platform.socket.fact({ type: "message.typing", of: bob, from: by });
    platform.socket.fact({ type: "group.changed", group: { groupId: "g", name: "Team", members: [] } });
    assert.equal(messages.view().conversations[0]?.group?.name, "Team");
    platform.socket.fact({ type: "group.left", groupId: "g" });
    assert.deepEqual(facts, [undefined, ["m1", "read"], bob, ["g", "Team"], ["g", undefined]]);
    assert.deepEqual(messages.view().conversations, []);
  });

  it("tell that the user types, every three seconds at most", async () => {
    const { platform, messages, sent } = await stage();
    for (let key = 0; key < 5; key++) messages.setTyping(bob);
    await platform.pass(3_000);
    messages.setTyping(bob);
    assert.equal(sent("message.typing").length, 2);
  });
});

describe("data of the library", () => {
  it("comes with its sender, and says when to go on after too much", async () => {
    const { platform, session } = await stage();
    const heard: unknown[] = [];
    session.data.on("data", ({ value, group }) => heard.push([value, group]));
    platform.socket.fact({ type: "data.received", from: { target: bob, can: [] }, value: { a: 1 } });
    platform.socket.fact({ type: "data.received", from: { target: bob, can: [] }, group: "g", value: null });
    assert.deepEqual(heard, [
      [{ a: 1 }, undefined],
      [null, "g"],
    ]);
    platform.answers.set("data.send", () => ({ type: "refused", code: "rate-limited", text: "", retryAfterMs: 40 }));
    await assert.rejects(session.data.send(bob, 1), { code: "rate-limited", retryAfterMs: 40, retry: "later" });
    platform.answers.set("data.send", () => ({ type: "refused", code: "unavailable", text: "Nobody is there." }));
    await assert.rejects(session.data.send(bob, 1), { code: "unavailable" });
    await assert.rejects(session.data.send(bob, undefined as never), { code: "unsupported" });
  });
});
