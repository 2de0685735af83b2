import assert from "node:assert/strict";
import type { MessageInfo } from "../../../gateway/protocol/message-values.ts";
import { SessionRig, type Page } from "../../support/session-rig.ts";

const [alice, bob] = ["alice@a.example", "bob@a.example"];
let ids = 0;

async function say(page: Page, user: string, text: string, messageId = `m${(ids += 1)}`): Promise<MessageInfo> {
  const answer = await page.ask({ type: "message.send", to: { user }, text, messageId });
  assert.ok(answer?.type === "message.accepted", JSON.stringify(answer));
  return answer.message;
}

const textsOf = (page: Page): string[] => page.of("message.received").map(({ message }) => message.text);

async function codeOf(page: Page, frame: { type: string } & Record<string, unknown>): Promise<string> {
  const answer = await page.ask(frame);
  return answer?.type === "refused" ? answer.code : (answer?.type ?? "none");
}

async function stage() {
  const rig = new SessionRig();
  return { rig, a: await rig.page(alice), tab: await rig.page(alice), b: await rig.page(bob) };
}

async function history(page: Page, user: string, more: Record<string, unknown> = {}): Promise<string[]> {
  const answer = await page.ask({ type: "message.list", of: { user }, ...more });
  assert.ok(answer?.type === "messages", JSON.stringify(answer));
  return [...answer.messages.map(({ text }) => text), ...(answer.more ? ["…"] : [])];
}

describe("a message", () => {
  it("comes to all pages of both, but the one that sent it", async () => {
    const { a, tab, b } = await stage();
    const sent = await say(a, bob, "Hello\nBob");
    assert.deepEqual([sent.of, sent.number, sent.state], [{ user: bob }, 1, "sent"]);
    assert.deepEqual([textsOf(a), textsOf(tab), textsOf(b)], [[], ["Hello\nBob"], ["Hello\nBob"]]);
    const { of, from, state } = b.last("message.received").message;
    assert.deepEqual([of, from.target, state], [{ user: alice }, { user: alice }, undefined]);
    assert.deepEqual(tab.last("message.received").message.of, { user: bob });
  });

  it("that is sent twice is delivered once, also from another page", async () => {
    const { a, tab, b } = await stage();
    const first = await say(a, bob, "once", "same");
    assert.deepEqual(await say(a, bob, "once", "same"), first);
    assert.deepEqual(await say(tab, bob, "once", "same"), first);
    assert.deepEqual(textsOf(b), ["once"]);
  });

  it("to somebody who is away waits, and comes at the next sign-in until a page says that it has it", async () => {
    const rig = new SessionRig();
    const a = await rig.page(alice);
    for (const text of ["one", "two"]) await say(a, bob, text);
    const b = await rig.page(bob);
    assert.deepEqual(textsOf(b), ["one", "two"]);
    assert.equal(b.last("message.conversations").conversations[0]?.unread, 2);
    await b.ask({ type: "message.mark", of: { user: alice }, number: 1, state: "delivered" });
    assert.deepEqual(textsOf(await rig.page(bob)), ["two"]);
  });

  it("is told as delivered and as read to its sender's pages, once each", async () => {
    const { rig, a, tab, b } = await stage();
    await say(a, bob, "one");
    const { number, messageId } = await say(a, bob, "two");
    const mark = { type: "message.mark", of: { user: alice }, number };
    const second = await rig.page(bob);
    await b.ask({ ...mark, state: "delivered" });
    await second.ask({ ...mark, state: "delivered" });
    await b.ask({ ...mark, state: "read" });
    for (const page of [a, tab]) {
      const receipts = page.of("message.receipt").map(({ of, by, state, messageId, number }) => ({
        of,
        by: by.target,
        state,
        messageId,
        number,
      }));
      const both = { of: { user: bob }, by: { user: bob }, messageId, number };
      assert.deepEqual(receipts, [
        { ...both, state: "delivered" },
        { ...both, state: "read" },
      ]);
    }
    assert.deepEqual([second.last("message.unread").unread, second.last("message.unread").number], [0, 2]);
    const answer = await tab.ask({ type: "message.list", of: { user: bob } });
    assert.ok(answer?.type === "messages" && answer.messages.every(({ state }) => state === "read"));
  });

  it("is edited and taken back by its sender only, on all pages", async () => {
    const { a, tab, b } = await stage();
    const { messageId } = await say(a, bob, "tpyo");
    assert.equal((await tab.ask({ type: "message.edit", of: { user: bob }, messageId, text: "typo" }))?.type, "ok");
    for (const page of [a, tab, b]) assert.equal(page.last("message.changed").message.text, "typo");
    const edit = { type: "message.edit", of: { user: alice }, messageId, text: "mine" };
    assert.equal(await codeOf(b, edit), "wrong-state");
    await a.ask({ type: "message.delete", of: { user: bob }, messageId });
    const { text, deleted } = b.last("message.changed").message;
    assert.deepEqual([text, deleted, await history(b, alice)], ["", true, [""]]);
  });

  it("is found in all conversations, by who is in them", async () => {
    const { rig, a, b } = await stage();
    const carol = "carol@a.example";
    await say(a, bob, "Red wine, and a long list of what else there is to buy");
    await say(b, alice, "no more red");
    const search = async (page: Page, more: Record<string, unknown> = {}) => {
      const answer = await page.ask({ type: "message.search", text: "RED", ...more });
      assert.ok(answer?.type === "message.found", JSON.stringify(answer));
      return answer;
    };
    const all = await search(a);
    assert.deepEqual(
      all.found.map(({ of, from, excerpt, match }) => [of, from.target, excerpt.slice(0, 11), match]),
      [
        [{ user: bob }, { user: bob }, "no more red", { start: 8, length: 3 }],
        [{ user: bob }, { user: alice }, "Red wine, a", { start: 0, length: 3 }],
      ],
    );
    assert.equal(all.next, undefined);
    const first = await search(b, { limit: 1 });
    assert.deepEqual(first.next, { of: { user: alice }, number: 2, at: first.found[0]?.at });
    assert.equal((await search(b, { limit: 1, before: first.next })).found[0]?.number, 1);
    assert.deepEqual((await search(await rig.page(carol))).found, []);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => codeOf(a, { type: "message.search", text: "x" })),
    );
    assert.ok(answers.includes("rate-limited"));
  });

  it("is found again, in pages and by its text", async () => {
    const { a, b } = await stage();
    for (const text of ["red", "green", "Red wine"]) await say(a, bob, text);
    assert.deepEqual(await history(b, alice, { limit: 2 }), ["Red wine", "green", "…"]);
    assert.deepEqual(await history(b, alice, { before: 2 }), ["red"]);
    assert.deepEqual(await history(b, alice, { search: "RED" }), ["Red wine", "red"]);
    assert.deepEqual(await history(b, "carol@a.example"), []);
  });

  it("shows who types, and keeps nothing of it", async () => {
    const { a, b } = await stage();
    assert.equal((await a.ask({ type: "message.typing", to: { user: bob } }))?.type, "ok");
    assert.deepEqual(b.last("message.typing").of, { user: alice });
    assert.deepEqual(await history(b, alice), []);
  });

  it("goes by a softphone's address to the user with that account", async () => {
    const { a, b } = await stage();
    await a.ask({ type: "message.send", to: { sip: `sip:${bob}` }, text: "hi", messageId: "s1" });
    assert.deepEqual(textsOf(b), ["hi"]);
  });

  for (const [what, code, frame] of [
    ["to nobody", "bad-target", { to: { user: "nobody@a.example" } }],
    ["to oneself", "bad-target", { to: { user: alice } }],
    ["to another domain", "bad-target", { to: { user: "bob@b.example" } }],
    ["to a SIP address elsewhere", "bad-target", { to: { sip: "sip:bob@b.example" } }],
    ["to no SIP address", "bad-target", { to: { sip: "sip:@" } }],
    ["to a group that is not", "bad-target", { to: { group: "g" } }],
    ["to a telephone number", "bad-frame", { to: { tel: "+331" } }],
    ["without text", "bad-frame", { text: "" }],
    ["with a control character", "bad-frame", { text: "a\u0000b" }],
    ["that is too long in bytes", "too-large", { text: "é".repeat(10_000) }],
    ["that is too long in characters", "bad-frame", { text: "a".repeat(16_385) }],
    ["with a wrong id", "bad-frame", { messageId: "a b" }],
    ["with no id", "bad-frame", { messageId: undefined }],
  ] as const)
    it(`${what} is refused`, async () => {
      const { a } = await stage();
      const usual = { type: "message.send", to: { user: bob }, text: "hi", messageId: "m" };
      assert.equal(await codeOf(a, { ...usual, ...frame }), code);
    });

  it("of a flood is refused, and says when to go on", async () => {
    const { rig, a } = await stage();
    for (let index = 0; index < 30; index++) await say(a, bob, "x");
    const send = { type: "message.send", to: { user: bob }, text: "x", messageId: "flood" };
    const refused = await a.ask(send);
    assert.ok(refused?.type === "refused" && refused.code === "rate-limited", JSON.stringify(refused));
    rig.clock.advance(refused.retryAfterMs ?? 0);
    assert.equal(await codeOf(a, send), "message.accepted");
  });

  it("leaves nothing open", async () => {
    const { rig, a } = await stage();
    await say(a, bob, "hi");
    rig.assertEmpty();
  });
});
