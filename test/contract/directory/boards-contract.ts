import assert from "node:assert/strict";
import { boardIdOf, boardKey, type BoardLimits, type Boards, type Piece } from "../../../gateway/directory/boards.ts";

export interface Shape extends Piece {
  readonly text?: string;
}
export type TestBoards = Boards<Shape, string>;

export interface BoardsUnderTest {
  readonly boards: TestBoards;
  /** Opens what the same store holds again, as a new process would; undefined where nothing outlives the process. */
  reopen?(): Promise<TestBoards>;
  close(): Promise<void>;
}

/** What every supplier of boards does. It keeps boards of 5 pieces, 500 bytes and 100 ms. */
export function describeBoards(
  supplier: string,
  open: (limits: BoardLimits, now: () => number) => Promise<BoardsUnderTest>,
): void {
  describe(`boards ${supplier}`, () => {
    const key = boardKey("a.example", "b1");
    const [alice, bob] = ["alice@a.example", "bob@a.example"];
    const user = (text: string) => ({ name: text.split("@")[0] ?? "", domain: text.split("@")[1] ?? "" });
    let now = 1_000;
    let draws = 0;
    let store: BoardsUnderTest;

    beforeEach(async () => {
      now = 1_000;
      store = await open({ elements: 5, bytes: 500, age: 100 }, () => now);
      await make(key);
    });
    afterEach(() => store.close());

    const make = (of: string, members = [alice]) =>
      store.boards.settle(of, () => ({ name: "Plan", members: members.map((one) => ({ user: one, role: "owner" })) }));
    const draw = (ids: readonly string[], remove: readonly string[] = [], drawId = `d${++draws}`) =>
      store.boards.draw(key, { drawId, put: ids.map((elementId) => ({ elementId })), remove });
    const read = async (since = 0, bytes = 10_000, began?: number, of = store.boards) => {
      const part = await of.read(key, since, bytes, began);
      return part && { ...part, put: part.put.map(({ elementId }) => elementId) };
    };

    it("number changes from 1, and give back all or what is new", async () => {
      assert.deepEqual(await draw(["a", "b"]), { number: 1, fresh: true });
      assert.deepEqual(await draw(["c"], ["a"]), { number: 2, fresh: true });
      assert.deepEqual(await read(), { number: 2, latest: 2, put: ["b", "c"], remove: [], whole: true });
      assert.deepEqual(await read(1), { number: 2, latest: 2, put: ["c"], remove: ["a"], whole: false });
      assert.deepEqual(await read(2), { number: 2, latest: 2, put: [], remove: [], whole: false });
    });

    it("keep each of what was drawn at the same moment", async () => {
      const drawn = await Promise.all(["a", "b", "c", "d"].map((id) => draw([id])));
      assert.deepEqual(
        drawn.map((one) => typeof one === "object" && one.number),
        [1, 2, 3, 4],
      );
    });

    it("take a change once, however often it comes", async () => {
      await draw(["a"], [], "twice");
      await draw([], ["a"]);
      assert.deepEqual(await draw(["a"], [], "twice"), { number: 1, fresh: false });
      assert.deepEqual((await read())?.put, []);
    });

    it("hold of a piece only how it is now", async () => {
      await store.boards.draw(key, { drawId: "1", put: [{ elementId: "a", text: "old" }], remove: [] });
      await draw(["b"]);
      await store.boards.draw(key, { drawId: "2", put: [{ elementId: "a", text: "new" }], remove: [] });
      assert.deepEqual((await store.boards.read(key, 0, 10_000))?.put, [
        { elementId: "b" },
        { elementId: "a", text: "new" },
      ]);
    });

    it("keep a background, the last one", async () => {
      await store.boards.draw(key, { drawId: "1", put: [], remove: [], background: "dots" });
      await store.boards.draw(key, { drawId: "2", put: [], remove: [], background: "grid" });
      await draw(["a"]);
      assert.equal((await read())?.background, "grid");
      assert.equal((await read(1))?.background, "grid");
      assert.equal((await read(2))?.background, undefined);
    });

    it("are read in parts of whole changes, while they change", async () => {
      await draw(["a", "b"]);
      await draw(["c"]);
      await draw(["d"]);
      const first = await read(0, 1);
      assert.deepEqual(first && [first.put, first.number, first.latest, first.whole], [["a", "b"], 1, 3, true]);
      await draw([], ["a"]);
      const second = await read(1, 1, 3);
      assert.deepEqual(second && [second.put, second.number, second.whole], [["c"], 2, false]);
      const last = await read(2, 1, 3);
      assert.deepEqual(last && [last.put, last.remove, last.number, last.latest], [["d"], ["a"], 4, 4]);
    });

    it("say when it is no longer known what became different", async () => {
      await draw(["a"]);
      for (let turn = 0; turn < 1_100; turn++) await draw(["b"]);
      assert.equal((await read(1))?.whole, true);
      assert.equal((await read(1_000))?.whole, false);
      assert.deepEqual((await read(1, 10_000, 1_101))?.whole, false, "a reading that began lately");
      assert.equal((await read(9_999))?.whole, true, "a number that never was");
    });

    it("grow to their limits and no further; what makes one smaller is always taken", async () => {
      await draw(["a", "b", "c", "d", "e"]);
      assert.equal(await draw(["f"]), "full");
      assert.deepEqual(await draw(["f"], ["a"]), { number: 2, fresh: true });
      const long = (elementId: string) => ({ elementId, text: "é".repeat(250) });
      assert.equal(await store.boards.draw(key, { drawId: "x", put: [long("b")], remove: [] }), "full");
      assert.deepEqual((await read())?.put, ["b", "c", "d", "e", "f"]);
      assert.deepEqual(await draw([], ["b", "c", "nothing"]), { number: 3, fresh: true });
    });

    it("are nothing where there is none, and are other ones in another domain", async () => {
      const other = boardKey("b.example", "b1");
      assert.equal(boardIdOf(other), "b1");
      assert.equal(await store.boards.draw(other, { drawId: "1", put: [], remove: [] }), undefined);
      assert.equal(await store.boards.read(other, 0, 1), undefined);
      assert.equal(await store.boards.membership(other), undefined);
    });

    it("settle members in one step, list a user's, and go with the last member", async () => {
      now += 1;
      await make(boardKey("a.example", "b2"), [alice, bob]);
      const mine = async (whose: string) => (await store.boards.of(user(whose))).map((one) => boardIdOf(one.key));
      assert.deepEqual([await mine(alice), await mine(bob)], [["b2", "b1"], ["b2"]]);
      now += 1;
      await draw(["a"]);
      assert.deepEqual(await mine(alice), ["b1", "b2"]);
      const same = await store.boards.settle(key, () => undefined);
      assert.deepEqual(same, { name: "Plan", members: [{ user: alice, role: "owner" }] });
      assert.equal(await store.boards.settle(key, () => ({ name: "", members: [] })), undefined);
      assert.equal(await read(), undefined);
      assert.deepEqual(await mine(alice), ["b2"]);
    });

    it("delete what nobody has changed for too long", async () => {
      await make(boardKey("a.example", "b2"));
      now += 60;
      await draw(["a"]);
      now += 60;
      await store.boards.prune();
      assert.deepEqual(
        (await store.boards.of(user(alice))).map((one) => one.key),
        [key],
      );
    });

    it("are there for the next process, where they outlive one", async function () {
      if (!store.reopen) return this.skip();
      await make(boardKey("a.example", "gone"));
      await store.boards.settle(boardKey("a.example", "gone"), () => ({ name: "", members: [] }));
      await store.boards.draw(key, { drawId: "1", put: [{ elementId: "a" }], remove: [], background: "dots" });
      await draw(["b"], ["a"]);
      for (let turn = 0; turn < 200; turn++) await draw(["c"]);
      for (const pruned of [false, true]) {
        if (pruned) await store.boards.prune();
        const again = await store.reopen();
        assert.deepEqual(await again.of(user(alice)), await store.boards.of(user(alice)));
        for (const since of [0, 1, 150])
          assert.deepEqual(await read(since, 10_000, undefined, again), await read(since), `since ${since}`);
        const twice = { drawId: "1", put: [{ elementId: "a" }], remove: [] };
        assert.deepEqual(await again.draw(key, twice), { number: 1, fresh: false });
      }
    });
  });
}
