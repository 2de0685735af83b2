import assert from "node:assert/strict";
import { searchMessages, type MessageSearch } from "../../../gateway/directory/message-search.ts";
import { directKey, groupKey, type Conversations } from "../../../gateway/directory/conversations.ts";

export interface ConversationsUnderTest {
  readonly conversations: Conversations;
  /** Opens what the same store holds again, as a new process would; undefined where nothing outlives the process. */
  reopen?(): Promise<Conversations>;
  close(): Promise<void>;
}

export interface Opening {
  readonly messages: number;
  readonly age: number;
  now(): number;
}

/** What every supplier of conversations does. It keeps messages of 100 ms, and 5 of one conversation. */
export function describeConversations(
  supplier: string,
  open: (opening: Opening) => Promise<ConversationsUnderTest>,
): void {
  describe(`conversations ${supplier}`, () => {
    const [alice, bob] = ["alice@a.example", "bob@a.example"];
    const key = directKey("a.example", "bob", "alice");
    let now = 1_000;
    let store: ConversationsUnderTest;

    beforeEach(async () => {
      now = 1_000;
      store = await open({ messages: 5, age: 100, now: () => now });
    });
    afterEach(() => store.close());

    const say = (text: string, from = alice, messageId = text, at = now, of = key) =>
      store.conversations.add(of, { messageId, from, at, text }, [alice, bob]);
    const texts = async (of = key, options: { before?: number; limit?: number; search?: string } = {}) => {
      const { messages, more } = await store.conversations.list(of, { limit: 10, ...options });
      return [...messages.map(({ text }) => text), ...(more ? ["…"] : [])];
    };
    const user = (text: string) => ({ name: text.split("@")[0] ?? "", domain: text.split("@")[1] ?? "" });
    const unread = async (whose: string) => (await store.conversations.of(user(whose), 9)).map((one) => one.unread);

    it("number messages from 1 and list them newest first, in pages", async () => {
      for (const text of ["a", "b", "c"]) await say(text);
      assert.deepEqual(await texts(), ["c", "b", "a"]);
      assert.deepEqual(await texts(key, { limit: 2 }), ["c", "b", "…"]);
      assert.deepEqual(await texts(key, { before: 2 }), ["a"]);
    });

    it("are the same from both sides, and other domains have their own", () => {
      assert.equal(directKey("a.example", "alice", "bob"), key);
      assert.notEqual(directKey("b.example", "alice", "bob"), key);
      assert.ok(groupKey("a.example", "g").startsWith("a.example/"));
    });

    it("keep a message that was sent twice once; another sender may use the same id", async () => {
      const first = await say("a", alice, "m1");
      const again = await say("changed", alice, "m1");
      assert.deepEqual([first.fresh, again.fresh, again.message], [true, false, first.message]);
      assert.equal((await say("b", bob, "m1")).fresh, true);
      assert.deepEqual(await texts(), ["b", "a"]);
    });

    it("keep all that was added at the same moment, each under a number of its own", async () => {
      const added = await Promise.all(["a", "b", "c", "d"].map((text) => say(text)));
      assert.deepEqual(
        added.map(({ message }) => message.number),
        [1, 2, 3, 4],
      );
    });

    it("keep the files of a message with another text, and none of a deleted one", async () => {
      const files = [{ fileId: "f1", name: "a.png", type: "image/png", size: 3 }];
      await store.conversations.add(key, { messageId: "m1", from: alice, at: now, text: "", files }, [alice, bob]);
      const changed = await store.conversations.edit(key, alice, "m1", "look", now);
      assert.deepEqual([changed?.text, changed?.files], ["look", files]);
      assert.deepEqual((await store.conversations.list(key, { limit: 1 })).messages[0]?.files, files);
      const deleted = await store.conversations.edit(key, alice, "m1", undefined, now);
      assert.equal(deleted?.files, undefined);
    });

    it("find text whatever its case, not what was deleted", async () => {
      for (const text of ["Straße", "tree", "STREET"]) await say(text);
      await store.conversations.edit(key, alice, "tree", undefined, now);
      assert.deepEqual(await texts(key, { search: "sTr" }), ["STREET", "Straße"]);
      assert.deepEqual(await texts(key, { search: "tree" }), ["STREET"]);
    });

    const found = async (whose: string, text: string, options: Partial<MessageSearch> = {}) => {
      const { found, next } = await searchMessages(store.conversations, user(whose), { text, limit: 10, ...options });
      return { texts: found.map(({ message }) => message.text), next };
    };

    it("find text in all that one has joined, newest first, and nothing of others", async () => {
      const carol = "carol@a.example";
      const other = directKey("a.example", "alice", "carol");
      const foreign = directKey("a.example", "bob", "carol");
      const group = groupKey("a.example", "g");
      await store.conversations.settle(group, () => ({
        name: "Team",
        members: [
          { user: bob, role: "owner" },
          { user: alice, role: "member", invited: true },
        ],
      }));
      const tell = (text: string, at: number, of: string, members: string[], from = members[0] ?? "") =>
        store.conversations.add(of, { messageId: text, from, at, text }, members);
      await tell("Tea one", 1000, key, [alice, bob]);
      await tell("tea two", 1001, other, [carol, alice]);
      await tell("coffee", 1002, key, [alice, bob]);
      await tell("tea not yours", 1003, foreign, [bob, carol]);
      await tell("tea of the group", 1004, group, [bob]);
      await tell("TEA three", 1005, key, [bob, alice]);
      assert.deepEqual(await found(alice, "tea"), { texts: ["TEA three", "tea two", "Tea one"], next: undefined });
      assert.deepEqual((await found(carol, "tea")).texts, ["tea not yours", "tea two"]);
      assert.deepEqual((await found("nobody@a.example", "tea")).texts, []);
      assert.deepEqual((await found(alice, "nothing")).texts, []);
      await store.conversations.edit(key, bob, "TEA three", undefined, now);
      assert.deepEqual((await found(alice, "tea")).texts, ["tea two", "Tea one"]);
    });

    it("find it in pages, and stop when so much was looked at, to go on from there", async () => {
      const other = directKey("a.example", "alice", "carol");
      for (let number = 1; number <= 5; number++) {
        await say(`tea ${number}`, alice, `a${number}`, 1000 + number);
        await store.conversations.add(
          other,
          {
            messageId: `c${number}`,
            from: alice,
            at: 1000 + number,
            text: `${number % 2 ? "tea" : "milk"} c${number}`,
          },
          [alice, "carol@a.example"],
        );
      }
      for (const options of [{ limit: 3 }, { budget: 3 }, { limit: 1 }, { budget: 1, limit: 1 }]) {
        const all: string[] = [];
        let before: MessageSearch["before"];
        for (let page = 0; page < 30; page++) {
          const { texts, next } = await found(alice, "tea", { ...options, ...(before && { before }) });
          assert.ok(texts.length <= (options.limit ?? 10));
          all.push(...texts);
          before = next;
          if (!next) break;
        }
        assert.deepEqual(
          all,
          ["tea 5", "tea c5", "tea 4", "tea 3", "tea c3", "tea 2", "tea 1", "tea c1"],
          JSON.stringify(options),
        );
      }
    });

    it("change a text for its sender only, and take it away", async () => {
      await say("a", alice, "m1");
      assert.equal(await store.conversations.edit(key, bob, "m1", "x", now), undefined);
      const edited = await store.conversations.edit(key, alice, "m1", "b", now + 1);
      assert.deepEqual([edited?.text, edited?.editedAt], ["b", now + 1]);
      const deleted = await store.conversations.edit(key, alice, "m1", undefined, now);
      assert.deepEqual([deleted?.text, deleted?.deleted], ["", true]);
      assert.equal(await store.conversations.edit(key, alice, "m1", "c", now), undefined);
    });

    it("count what is unread, and tell what a mark has passed", async () => {
      await say("a");
      await say("b", bob);
      await say("c");
      assert.deepEqual([await unread(alice), await unread(bob)], [[1], [2]]);
      const moved = await store.conversations.mark(key, bob, "read", 3);
      assert.deepEqual(moved && { ...moved, passed: moved.passed.map(({ text }) => text) }, {
        number: 3,
        passed: ["c"],
        unread: 0,
      });
      assert.equal(await store.conversations.mark(key, bob, "read", 2), undefined);
      assert.equal(await store.conversations.mark(key, bob, "delivered", 3), undefined);
      assert.equal(await store.conversations.mark(key, "carol@a.example", "read", 3), undefined);
      assert.deepEqual(await unread(bob), [0]);
    });

    it("move no mark beyond the newest message", async () => {
      await say("a");
      assert.equal((await store.conversations.mark(key, bob, "delivered", 99))?.number, 1);
      await say("b");
      assert.deepEqual(
        (await store.conversations.waiting(key, bob, 9)).map(({ text }) => text),
        ["b"],
      );
    });

    it("hold what waits for somebody, oldest first, without their own", async () => {
      for (const text of ["a", "b", "c"]) await say(text);
      await say("mine", bob);
      await store.conversations.mark(key, bob, "delivered", 1);
      const waiting = async (limit: number) =>
        (await store.conversations.waiting(key, bob, limit)).map(({ text }) => text);
      assert.deepEqual([await waiting(9), await waiting(1)], [["b", "c"], ["b"]]);
    });

    it("let go of the oldest when there are too many; numbers go on", async () => {
      for (const text of ["a", "b", "c", "d", "e", "f"]) await say(text);
      assert.deepEqual(await texts(), ["f", "e", "d", "c", "b"]);
      await store.conversations.prune();
      assert.equal((await say("g")).message.number, 7);
    });

    it("show nothing that is too old, and delete it", async () => {
      await say("a");
      now += 60;
      await say("b");
      now += 60;
      assert.deepEqual(await texts(), ["b"]);
      now += 60;
      assert.deepEqual([await texts(), await unread(bob)], [[], [0]]);
      await store.conversations.prune();
      assert.equal((await say("c")).message.number, 3);
    });

    it("list a user's conversations, the one with the newest message first", async () => {
      await say("a");
      now += 1;
      await say("b", alice, "b", now, directKey("a.example", "alice", "zoe"));
      const keys = (await store.conversations.of(user(alice), 9)).map((one) => one.key.split("/").at(-1));
      assert.deepEqual(keys, ["zoe", "bob"]);
      assert.equal((await store.conversations.of(user(alice), 1)).length, 1);
      assert.deepEqual(await store.conversations.of({ name: "alice", domain: "b.example" }, 9), []);
    });

    it("settle who is in a group: who comes in has nothing unread, who leaves sees it no more", async () => {
      const group = groupKey("a.example", "g1");
      const owner = { user: alice, role: "owner" } as const;
      await store.conversations.settle(group, () => ({
        name: "Team",
        members: [owner, { user: bob, role: "member", invited: true }],
      }));
      await say("early", alice, "1", now, group);
      assert.deepEqual(await store.conversations.waiting(group, bob, 9), []);
      const joined = await store.conversations.settle(group, (known) => ({
        ...known,
        members: [owner, { user: bob, role: "member" }],
      }));
      assert.deepEqual(
        joined?.members.map(({ read }) => read),
        [0, 1],
      );
      assert.deepEqual(await unread(bob), [0]);
      assert.equal((await store.conversations.of(user(bob), 9))[0]?.name, "Team");
      await store.conversations.settle(group, () => ({ name: "Team", members: [owner] }));
      assert.deepEqual(await store.conversations.of(user(bob), 9), []);
    });

    it("leave a group as it is without a change, and delete it with its last member", async () => {
      const group = groupKey("a.example", "g1");
      await store.conversations.settle(group, () => ({ name: "Team", members: [{ user: alice, role: "owner" }] }));
      await say("a", alice, "1", now, group);
      const same = await store.conversations.settle(group, () => undefined);
      assert.equal(same?.members.length, 1);
      assert.equal(await store.conversations.settle(group, () => ({ members: [] })), undefined);
      assert.equal(await store.conversations.members(group), undefined);
      assert.deepEqual(await texts(group), []);
    });

    it("forget for good what one user has sent; numbers go on, and the same id is another message then", async () => {
      for (const [text, from] of [
        ["a", alice],
        ["b", bob],
        ["c", alice],
      ] as const)
        await say(text, from);
      assert.equal(await store.conversations.forget(key, alice), 2);
      assert.deepEqual([await texts(), await unread(alice), await unread(bob)], [["b"], [1], [0]]);
      assert.equal((await store.conversations.of(user(bob), 9))[0]?.last?.text, "b");
      const again = await say("a");
      assert.deepEqual([again.fresh, again.message.number], [true, 4]);
      await store.conversations.prune();
      assert.deepEqual(await texts(), ["a", "b"]);
      assert.equal(await store.conversations.forget(directKey("a.example", "x", "y"), alice), 0);
    });

    it("take changes of the same members at the same moment one after another", async () => {
      const group = groupKey("a.example", "g1");
      const join = (name: string) =>
        store.conversations.settle(group, (known = { members: [] }) => ({
          members: [...known.members, { user: `${name}@a.example`, role: "member" }],
        }));
      await Promise.all(["a", "b", "c", "d"].map(join));
      const members = (await store.conversations.members(group))?.members ?? [];
      assert.deepEqual(members.map((one) => one.user[0]).sort(), ["a", "b", "c", "d"]);
      await store.conversations.settle(group, ({ members: all } = { members: [] }) => ({ members: all.slice(1) }));
      assert.equal((await store.conversations.of(user(members[0]?.user ?? ""), 9)).length, 0);
      assert.equal((await store.conversations.of(user(members[1]?.user ?? ""), 9)).length, 1);
    });

    it("are there for the next process, where they outlive one", async function () {
      if (!store.reopen) return this.skip();
      await say("a");
      await say("b");
      await store.conversations.edit(key, alice, "a", "A", now);
      await store.conversations.edit(key, alice, "b", undefined, now);
      await store.conversations.mark(key, bob, "read", 1);
      const group = groupKey("a.example", "g1");
      await store.conversations.settle(group, () => ({ name: "Team", members: [{ user: bob, role: "owner" }] }));
      const gone = groupKey("a.example", "g2");
      await store.conversations.settle(gone, () => ({ name: "Gone", members: [{ user: bob, role: "owner" }] }));
      await store.conversations.settle(gone, () => ({ members: [] }));
      for (const pruned of [false, true]) {
        if (pruned) await store.conversations.prune();
        const again = await store.reopen();
        assert.deepEqual(await again.of(user(bob), 9), await store.conversations.of(user(bob), 9));
        assert.deepEqual(await again.list(key, { limit: 9 }), await store.conversations.list(key, { limit: 9 }));
        assert.deepEqual(await again.members(key), await store.conversations.members(key));
      }
    });
  });
}
