import assert from "node:assert/strict";
import type { Board } from "../../../webclient/whiteboard/index.ts";
import { assertSame, BoardRig, drawOn, stroke } from "../../support/board-rig.ts";

const idsOf = (board: Board): string[] => board.view().elements.map(({ elementId }) => elementId);

describe("a board in the library", () => {
  let rig: BoardRig;
  beforeEach(() => (rig = new BoardRig()));

  it("shows what is drawn at once, and to everybody else in the same order", async () => {
    const { a, b } = await rig.pair();
    const first = drawOn(a);
    assert.deepEqual([idsOf(a), a.view().pending], [[first.elementId], 1]);
    drawOn(b);
    drawOn(a);
    await rig.told();
    assert.equal(a.view().elements.length, 3);
    assertSame(a, b);
  });

  it("keeps its own element the same object when the gateway has ordered it", async () => {
    const { a } = await rig.pair();
    const drawn = drawOn(a);
    const { elements } = a.view();
    await rig.told();
    assert.equal(a.view().pending, 0);
    assert.equal(a.view().elements[0], drawn);
    assert.equal(elements[0], drawn);
  });

  it("loses nothing that two draw while one is offline", async () => {
    const { bob, a, b } = await rig.pair();
    const common = drawOn(a);
    await rig.told();
    bob.drop();
    for (let turn = 0; turn < 5; turn++) drawOn(b, stroke([turn, 0]));
    b.erase([common.elementId]);
    for (let turn = 0; turn < 3; turn++) drawOn(a, stroke([0, turn]));
    a.setBackground({ paper: "grid" });
    await rig.told();
    assert.deepEqual([a.view().elements.length, b.view().elements.length], [4, 5]);
    await bob.connect();
    await rig.told();
    assert.deepEqual([a.view().elements.length, a.view().background.paper], [8, "grid"]);
    assert.ok(!idsOf(a).includes(common.elementId));
    assertSame(a, b);
  });

  it("is whole again after the gateway forgot what was erased since", async () => {
    const { bob, a, b } = await rig.pair();
    const erased = drawOn(a);
    await rig.told();
    bob.drop();
    a.erase([erased.elementId]);
    for (let turn = 0; turn < 1_050; turn++) {
      a.setBackground({ paper: turn % 2 ? "grid" : "dots" });
      if (turn % 10 === 0) await rig.told(1_000);
    }
    await rig.told(10_000);
    await bob.connect();
    await rig.told();
    assert.deepEqual(idsOf(b), []);
    assertSame(a, b);
  });

  it("sends a change once, though the answer to it was lost", async () => {
    const { alice, a, b } = await rig.pair();
    drawOn(a);
    alice.drop();
    await rig.told();
    assert.equal(b.view().elements.length, 1);
    b.clear();
    await rig.told();
    await alice.connect();
    await rig.told();
    assert.deepEqual([idsOf(a), a.view().pending], [[], 0]);
    assertSame(a, b);
  });

  it("gives a late joiner the whole picture, however large, while others draw on", async () => {
    const { alice, a, info } = await rig.pair();
    for (let turn = 0; turn < 9; turn++)
      drawOn(a, stroke(...Array.from({ length: 600 }, (_, at): [number, number] => [at + 0.5, turn + 0.5])));
    await rig.told(1_000);
    const carol = await rig.user("carol");
    await alice.whiteboard.invite(info.boardId, [carol.user]);
    await carol.whiteboard.answer(info.boardId, true);
    const opening = carol.whiteboard.open(info.boardId);
    drawOn(a);
    const c = await opening;
    await rig.told();
    assert.equal(c.view().elements.length, 10);
    assertSame(a, c);
  });

  it("undoes and does again each user's own steps only", async () => {
    const { a, b } = await rig.pair();
    const [mine, other] = [drawOn(a), drawOn(b)];
    await rig.told();
    a.undo();
    await rig.told();
    assert.deepEqual(idsOf(b), [other.elementId]);
    assert.deepEqual([a.view().canUndo, a.view().canRedo, b.view().canUndo], [false, true, true]);
    a.redo();
    await rig.told();
    assert.deepEqual(idsOf(b).sort(), [mine.elementId, other.elementId].sort());
    b.clear();
    b.undo();
    await rig.told();
    assert.equal(a.view().elements.length, 2);
    assertSame(a, b);
  });

  it("is only looked at by viewers, and by who wants no more", async () => {
    const { alice, bob, info, a, b } = await rig.pair();
    await alice.whiteboard.setRole(info.boardId, bob.user, "viewer");
    await rig.told();
    assert.deepEqual([a.view().canDraw, b.view().canDraw], [true, false]);
    drawOn(b);
    assert.deepEqual([idsOf(b), b.view().pending], [[], 0]);
    a.setReadOnly(true);
    drawOn(a);
    assert.deepEqual([a.view().canDraw, idsOf(a)], [false, []]);
    a.setReadOnly(false);
    drawOn(a);
    assert.equal(idsOf(a).length, 1);
  });

  it("takes back what was refused, and says why", async () => {
    const { a, b } = await rig.pair();
    const problems: string[] = [];
    a.on("problem", ({ code }) => problems.push(code));
    const many = Array.from({ length: 20 }, () => a.compose(stroke([0, 0])));
    a.put(many);
    await rig.told();
    drawOn(a);
    await rig.told();
    assert.deepEqual([problems, a.view().elements.length, a.view().pending], [["unsupported"], 20, 0]);
    assertSame(a, b);
  });

  it("waits when it was too fast, and comes through whole and in order", async () => {
    const { a, b } = await rig.pair();
    for (let turn = 0; turn < 60; turn++) {
      a.setBackground({ paper: turn % 2 ? "grid" : "lines" });
      await rig.told(0);
    }
    drawOn(a);
    await rig.told(10_000);
    assert.equal(a.view().pending, 0);
    assertSame(a, b);
  });

  it("shows others strokes while they are drawn, cursors and laser pointers", async () => {
    const { a, b } = await rig.pair();
    const draft = a.compose(stroke([0, 0], [1, 1]));
    a.point([5, 6]);
    a.showDraft(draft);
    await rig.told();
    const [seen] = b.others;
    assert.deepEqual([seen?.user, seen?.cursor, seen?.draft], ["alice@a.example", [5, 6], draft]);
    const grown = { ...draft, points: [...draft.points, [2, 2], [3, 3]] } as typeof draft;
    a.showDraft(grown);
    await rig.told();
    assert.deepEqual(b.others[0]?.draft, grown);
    a.put([grown]);
    a.pointLaser([7, 7]);
    await rig.told();
    assert.equal(b.others[0]?.draft, undefined);
    assert.deepEqual(
      b.others[0]?.laser.map(({ point }) => point),
      [[7, 7]],
    );
    a.point(null);
    await rig.told();
    assert.equal(b.others[0]?.cursor, undefined);
    a.close();
    await rig.told();
    assert.deepEqual(b.others, []);
  });

  it("is closed for who is taken out, with the reason for who may not open it", async () => {
    const { alice, bob, info, a, b } = await rig.pair();
    const closed = b.next("closed");
    await alice.whiteboard.remove(info.boardId, bob.user);
    assert.equal((await closed).state, "closed");
    assert.deepEqual(bob.whiteboard.view().boards, []);
    await assert.rejects(bob.whiteboard.open(info.boardId), { code: "bad-target" });
    alice.end();
    assert.equal(a.view().state, "closed");
  });

  it("tells who is invited, once", async () => {
    const [alice, bob] = [await rig.user("alice"), await rig.user("bob")];
    const invited: string[] = [];
    bob.whiteboard.on("invited", ({ name }) => invited.push(name));
    const info = await alice.whiteboard.create("Plan", [bob.user]);
    await rig.told();
    await alice.whiteboard.invite(info.boardId, ["carol@a.example"]).catch(() => {});
    bob.drop();
    await bob.connect();
    await rig.told();
    assert.deepEqual(invited, ["Plan"]);
    assert.equal(bob.whiteboard.view().boards.length, 1);
  });
});
