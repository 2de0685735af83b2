import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { Conversations } from "../../../gateway/directory/conversations.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { MemoryConversations } from "../../../gateway/directory/memory/memory-conversations.ts";
import { StoreError } from "../../../gateway/directory/store-error.ts";
import { parseUserId, type UserId } from "../../../gateway/directory/user-id.ts";
import { Access } from "../../../gateway/messaging/access.ts";
import { Messages } from "../../../gateway/messaging/messages.ts";
import type { MessageEvent } from "../../../gateway/protocol/server-frame.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const [alice, bob] = ["alice@a.example", "bob@a.example"];
const id = (user: string): UserId => parseUserId(user) ?? assert.fail(user);

/** Conversations whose store fails when the test says so; `after`: what it was asked for is done all the same. */
function stage({ pending = 3 } = {}) {
  const clock = new VirtualClock();
  const kept = new MemoryConversations({ messages: 100, age: 1e9 }, () => clock.now());
  let fault: { readonly code: "away" | "full"; readonly after?: true } | undefined;
  const conversations = new Proxy<Conversations>(kept, {
    get: (target, name: keyof Conversations) => {
      return async (...args: unknown[]): Promise<unknown> => {
        const now = fault;
        const done =
          now && !now.after ? undefined : await (target[name] as (...all: unknown[]) => unknown).apply(target, args);
        if (now) throw new StoreError(now.code, "it fails");
        return done;
      };
    },
  });
  const told: string[] = [];
  const tell = (user: UserId, event: MessageEvent, except?: string): number => {
    const what = event.type === "message.received" ? `${event.message.number} ${event.message.text}` : event.type;
    told.push(`${user.name}${except === undefined ? "" : `!${except}`}: ${what}`);
    return 1;
  };
  const accounts = new MemoryAccounts(
    ["a.example"],
    [alice, bob].map((user) => ({ id: id(user) })),
  );
  const parts = { conversations, accounts, clock, log: silentLogger, pending, tell, isHere: () => false };
  const attachments = { claim: async () => [], forget: async () => {} };
  const messages = new Messages({ ...parts, access: new Access(parts), attachments });
  return {
    clock,
    kept,
    told,
    messages,
    fail: (how?: typeof fault) => void (fault = how),
    say: async (text: string, to: object = { user: bob }, messageId = text) => {
      const said = await messages.send({ user: id(alice), session: "s1" }, to as { user: string }, text, messageId);
      return said ? `kept ${said.number}` : "pending";
    },
    pass: async () => {
      clock.advance(500);
      await settled();
    },
    texts: async () => (await kept.list("a.example/direct/alice/bob", { limit: 9 })).messages.map(({ text }) => text),
  };
}

describe("messages while the store is away", () => {
  it("are pending, and once it is back are kept in their order and told to both sides, once each", async () => {
    const { say, fail, pass, told, messages } = stage();
    fail({ code: "away" });
    assert.deepEqual([await say("one"), await say("two"), await say("two")], ["pending", "pending", "pending"]);
    await pass();
    assert.deepEqual([told, messages.postponed], [[], 2]);
    fail();
    assert.equal(await say("three"), "pending", "it does not overtake");
    await pass();
    const numbered = ["1 one", "2 two", "3 three"];
    assert.deepEqual(
      told,
      numbered.flatMap((one) => [`alice: ${one}`, `bob: ${one}`]),
    );
    assert.deepEqual([messages.postponed, await say("four")], [0, "kept 4"]);
    await messages.close();
  });

  it("are told once, too, when the store had kept them and could not say so", async () => {
    const { say, fail, pass, told, texts } = stage();
    fail({ code: "away", after: true });
    assert.equal(await say("one"), "pending");
    fail();
    await pass();
    assert.deepEqual([told, await texts()], [["alice: 1 one", "bob: 1 one"], ["one"]]);
    assert.equal(await say("one"), "kept 1");
    assert.equal(told.length, 2);
  });

  it("that another process kept, and ended before it told anybody, are told when they are sent again", async () => {
    const { kept, clock, say, told } = stage();
    const message = { messageId: "one", from: alice, at: clock.now(), text: "one" };
    await kept.add("a.example/direct/alice/bob", message, [alice, bob]);
    assert.equal(await say("one"), "kept 1");
    assert.deepEqual(told, ["alice!s1: 1 one", "bob!s1: 1 one"]);
  });

  it("are refused when too many wait", async () => {
    const { say, fail, messages } = stage({ pending: 1 });
    fail({ code: "away" });
    await say("one");
    await assert.rejects(say("two"), { code: "overload" });
    fail();
    await messages.close();
    assert.equal(messages.postponed, 0);
  });

  it("that nobody may get are refused later", async () => {
    const { say, fail, pass, told, messages } = stage();
    fail({ code: "away" });
    assert.equal(await say("one", { group: "g1" }), "pending");
    fail();
    await pass();
    assert.deepEqual([told, messages.postponed], [["alice: message.refused"], 0]);
  });

  it("from a softphone are refused at once: it asks again", async () => {
    const { fail, messages, texts } = stage();
    fail({ code: "away" });
    const sms = { from: id(alice), to: id(bob), text: "one", messageId: "one" };
    await assert.rejects(messages.take(sms), { code: "away" });
    fail();
    assert.deepEqual([messages.postponed, await messages.take(sms), await texts()], [0, "kept", ["one"]]);
  });

  it("and messages for which it is full are refused, with nothing kept", async () => {
    const { say, fail, messages, texts } = stage();
    fail({ code: "full" });
    await assert.rejects(say("one"), { code: "full" });
    fail();
    assert.deepEqual([messages.postponed, await texts()], [0, []]);
  });
});
