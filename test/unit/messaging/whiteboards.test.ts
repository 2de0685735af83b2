import assert from "node:assert/strict";
import type { BoardInfo } from "../../../gateway/protocol/whiteboard-values.ts";
import { SessionRig, type Page } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const [alice, bob, carol, mallory] = ["alice@a.example", "bob@a.example", "carol@a.example", "mallory@b.example"];

let ids = 0;
const stroke = (elementId: string, points = [[0, 0]]) => ({
  kind: "stroke",
  elementId,
  z: 1,
  color: "#000000",
  size: 2,
  points,
});
const draw = (boardId: string, ...elements: string[]) => ({
  type: "board.draw",
  boardId,
  drawId: `d${(ids += 1)}`,
  put: elements.map((id) => stroke(id)),
});

async function codeOf(page: Page, frame: { type: string } & Record<string, unknown>): Promise<string> {
  const answer = await page.ask(frame);
  return answer?.type === "refused" ? answer.code : (answer?.type ?? "none");
}

/** Alice has a board; bob has joined it and both have it open, carol is invited to look. */
async function stage() {
  const rig = new SessionRig();
  const [a, b, c] = [await rig.page(alice), await rig.page(bob), await rig.page(carol)];
  const created = await a.ask({ type: "board.create", name: "Plan", users: [bob] });
  assert.ok(created?.type === "board.created", JSON.stringify(created));
  const { boardId } = created.board;
  await a.ask({ type: "board.invite", boardId, users: [carol], role: "viewer" });
  await b.ask({ type: "board.answer", boardId, accept: true });
  const opened = async (page: Page) => (await page.ask({ type: "board.open", boardId }))?.type;
  assert.deepEqual([await opened(a), await opened(b)], ["board.opened", "board.opened"]);
  return { rig, a, b, c, boardId, opened };
}

const rolesOf = ({ members }: BoardInfo): string[] =>
  members.map(({ user, role, invited }) => [user.split("@")[0], role, ...(invited ? ["invited"] : [])].join(" "));

describe("a whiteboard", () => {
  it("has its maker as owner, and tells those who are invited, and to what", async () => {
    const { a, b, c } = await stage();
    const expected = ["alice owner", "bob editor", "carol viewer invited"];
    for (const page of [a, b, c]) assert.deepEqual(rolesOf(page.last("board.changed").board), expected);
    const listed = await c.ask({ type: "board.list" });
    assert.deepEqual(listed?.type === "boards" && listed.boards.map(({ name }) => name), ["Plan"]);
  });

  it("orders what its members draw, and tells all who have it open, who drew it too", async () => {
    const { a, b, c, boardId } = await stage();
    const answers = await Promise.all([
      a.ask(draw(boardId, "1")),
      b.ask(draw(boardId, "2")),
      a.ask(draw(boardId, "3")),
    ]);
    assert.deepEqual(
      answers.map((answer) => answer?.type === "board.accepted" && answer.number),
      [1, 2, 3],
    );
    for (const page of [a, b])
      assert.deepEqual(
        page.of("board.drawn").map(({ number, by, put }) => [number, by, put[0]?.elementId]),
        [
          [1, alice, "1"],
          [2, bob, "2"],
          [3, alice, "3"],
        ],
      );
    assert.equal(c.of("board.drawn").length, 0);
  });

  it("is there for who comes late, in parts, and for who comes back", async () => {
    const { a, b, boardId } = await stage();
    const points = Array.from({ length: 1_000 }, (_, at) => [at, at]);
    for (const id of ["1", "2", "3"])
      await a.ask({ ...draw(boardId), put: [stroke(id, points), stroke(`${id}b`, points)] });
    const read = async (since: number, began?: number) => {
      const answer = await b.ask({ type: "board.read", boardId, since, ...(began !== undefined && { began }) });
      assert.ok(answer?.type === "board.part", JSON.stringify(answer));
      return answer;
    };
    const all = await read(0);
    assert.deepEqual([all.whole, all.number, all.latest, all.put.length], [true, 3, 3, 6]);
    const missed = await read(2, 3);
    assert.deepEqual([missed.whole, missed.put.map(({ elementId }) => elementId)], [false, ["3", "3b"]]);
  });

  it("answers a reading anew when it is asked for again, and keeps none of these answers", async () => {
    const { a, boardId } = await stage();
    await a.ask({ type: "board.read", id: "same", boardId, since: 0 });
    await a.ask(draw(boardId, "1"));
    const again = await a.ask({ type: "board.read", id: "same", boardId, since: 0 });
    assert.equal(again?.type === "board.part" && again.number, 1);
  });

  it("takes a change once, though it is sent again in another session", async () => {
    const { rig, a, b, boardId } = await stage();
    const change = draw(boardId, "1");
    await b.ask(change);
    const tab = await rig.page(bob);
    const answer = await tab.ask(change);
    assert.equal(answer?.type === "board.accepted" && answer.number, 1);
    assert.equal(a.of("board.drawn").length, 1);
  });

  it("is somebody else's for who is not invited, has not answered, or is of another domain", async () => {
    const { rig, a, c, boardId } = await stage();
    const [m, d] = [await rig.page(mallory), await rig.page("dave@a.example")];
    for (const page of [m, d, c])
      for (const frame of [
        { type: "board.open", boardId },
        { type: "board.read", boardId, since: 0 },
        { type: "board.show", boardId, cursor: [0, 0] },
        { type: "board.invite", boardId, users: [alice] },
        { type: "board.remove", boardId, user: alice },
        { type: "board.promote", boardId, user: alice, role: "viewer" },
        draw(boardId, "x"),
      ])
        assert.equal(await codeOf(page, frame), "bad-target", frame.type);
    for (const page of [m, d]) {
      assert.equal(await codeOf(page, { type: "board.answer", boardId, accept: true }), "bad-target");
      assert.equal(await codeOf(page, { type: "board.leave", boardId }), "bad-target");
      const listed = await page.ask({ type: "board.list" });
      assert.deepEqual(listed?.type === "boards" && listed.boards, []);
    }
    assert.equal(await codeOf(a, { type: "board.invite", boardId, users: [mallory] }), "bad-target");
    assert.equal(a.of("board.drawn").length, 0);
  });

  it("is only looked at by viewers", async () => {
    const { a, b, c, boardId, opened } = await stage();
    await c.ask({ type: "board.answer", boardId, accept: true });
    assert.equal(await opened(c), "board.opened");
    assert.equal(await codeOf(c, draw(boardId, "x")), "not-allowed");
    const draft = { element: stroke("x"), from: 0 };
    assert.equal(await codeOf(c, { type: "board.show", boardId, draft }), "not-allowed");
    assert.equal(await codeOf(c, { type: "board.show", boardId, cursor: [1, 2], laser: [[1, 2]] }), "ok");
    assert.deepEqual(b.last("board.shown").cursor, [1, 2]);
    assert.equal(await codeOf(b, { type: "board.promote", boardId, user: carol, role: "editor" }), "not-allowed");
    await a.ask({ type: "board.promote", boardId, user: carol, role: "editor" });
    assert.equal(await codeOf(c, draw(boardId, "x")), "board.accepted");
    await a.ask({ type: "board.promote", boardId, user: bob, role: "viewer" });
    assert.equal(await codeOf(b, draw(boardId, "y")), "not-allowed");
    assert.equal(await codeOf(a, { type: "board.promote", boardId, user: alice, role: "viewer" }), "wrong-state");
  });

  it("shows others what counts only now, and who is there", async () => {
    const { a, b, boardId } = await stage();
    const here = a.last("board.here").here;
    assert.deepEqual(
      here.map(({ user }) => user),
      [alice, bob],
    );
    const draft = { element: stroke("x"), from: 0 };
    await a.ask({ type: "board.show", boardId, cursor: [3, 4], draft });
    const shown = b.last("board.shown");
    assert.deepEqual([shown.seat, shown.cursor, shown.draft], [here[0]?.seat, [3, 4], draft]);
    assert.equal("seq" in shown, false);
    assert.equal(a.of("board.shown").length, 0);
    await b.ask({ type: "board.close", boardId });
    assert.deepEqual(
      a.last("board.here").here.map(({ user }) => user),
      [alice],
    );
    assert.equal(await codeOf(b, { type: "board.show", boardId, cursor: null }), "wrong-state");
  });

  it("is closed for who is taken out or leaves, and gone with its last member", async () => {
    const { rig, a, b, c, boardId } = await stage();
    await a.ask({ type: "board.remove", boardId, user: bob });
    assert.equal(b.last("board.left").boardId, boardId);
    await a.ask(draw(boardId, "1"));
    assert.equal(b.of("board.drawn").length, 0);
    assert.equal(await codeOf(b, draw(boardId, "2")), "bad-target");
    assert.equal(await codeOf(a, { type: "board.leave", boardId }), "ok");
    assert.equal(c.last("board.left").boardId, boardId);
    assert.equal(rig.messaging.whiteboards.open, 0);
    assert.equal(await codeOf(a, { type: "board.open", boardId }), "bad-target");
  });

  it("passes to its oldest member when the owner leaves", async () => {
    const { a, b, boardId } = await stage();
    await a.ask({ type: "board.leave", boardId });
    assert.deepEqual(rolesOf(b.last("board.changed").board), ["bob owner", "carol viewer invited"]);
  });

  it("is bounded: what does not fit is refused, and nothing of it is taken", async () => {
    const { a, b, boardId } = await stage();
    const many = Array.from({ length: 20 }, (_, at) => `e${at}`);
    assert.equal(await codeOf(a, draw(boardId, ...many)), "board.accepted");
    assert.equal(await codeOf(a, draw(boardId, "one more")), "bad-frame");
    assert.equal(await codeOf(a, draw(boardId, "more")), "too-large");
    const large = { ...draw(boardId), put: Array(6).fill(stroke("e1", Array(2_000).fill([123456.5, 123456.5]))) };
    assert.equal(await codeOf(a, large), "too-large");
    assert.deepEqual([b.of("board.drawn").length, b.last("board.drawn").put.length], [1, 20]);
  });

  it("slows down who draws too much, and says for how long; large changes cost more", async () => {
    const { rig, a, b, boardId } = await stage();
    const answers = [];
    for (let turn = 0; turn < 100; turn++) {
      answers.push(await a.ask({ type: "board.show", boardId, cursor: [turn, 0] }));
      // Slower than any session may send frames, and faster than it may draw.
      rig.clock.advance(40);
    }
    const refusal = answers.find((answer) => answer?.type === "refused");
    assert.ok(refusal?.type === "refused" && refusal.code === "rate-limited", JSON.stringify(refusal));
    rig.clock.advance(refusal.retryAfterMs ?? 0);
    const big = { ...draw(boardId), put: [stroke("big", Array(2_000).fill([123456.5, 123456.5]))] };
    assert.equal(await codeOf(a, big), "rate-limited");
    rig.clock.advance(1_000);
    assert.equal(await codeOf(a, big), "board.accepted");
    assert.equal(await codeOf(b, draw(boardId, "1")), "board.accepted");
  });

  it("is let go with the page that had it open, and stays open for one that lost its connection", async () => {
    const { rig, a, b, boardId } = await stage();
    b.connection.disconnected("lost");
    await a.ask(draw(boardId, "1"));
    assert.equal(rig.messaging.whiteboards.open, 2);
    const back = rig.connect();
    await back.ask({ type: "session.resume", token: bob, sessionId: b.session.id, seq: 0 });
    assert.equal(back.last("board.drawn").put[0]?.elementId, "1");
    back.connection.disconnected("left");
    assert.deepEqual(
      a.last("board.here").here.map(({ user }) => user),
      [alice],
    );
    rig.assertEmpty();
  });

  it("is nothing for guests, nor for who is in too many", async () => {
    const { rig, a } = await stage();
    const guest = rig.visit("https://shop.example");
    await guest.ask({ type: "session.open", appKey: "shop-key" });
    assert.equal(await codeOf(guest, { type: "board.create", name: "x", users: [] }), "unsupported");
    for (let turn = 1; turn < 100; turn++) {
      rig.clock.advance(1_000);
      assert.equal(await codeOf(a, { type: "board.create", name: `${turn}`, users: [] }), "board.created");
    }
    rig.clock.advance(1_000);
    assert.equal(await codeOf(a, { type: "board.create", name: "x", users: [] }), "not-allowed");
  });
});

describe("a whiteboard at several nodes", () => {
  async function apart() {
    const here = new SessionRig();
    const there = new SessionRig({ beside: here });
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 500) {
        here.heart.advance(500);
        await settled();
      }
    };
    await pass(1000);
    const [a, b] = [await here.page(alice), await there.page(bob)];
    const created = await a.ask({ type: "board.create", name: "Plan", users: [bob] });
    assert.ok(created?.type === "board.created", JSON.stringify(created));
    const { boardId } = created.board;
    await b.ask({ type: "board.answer", boardId, accept: true });
    for (const page of [a, b]) assert.equal(await codeOf(page, { type: "board.open", boardId }), "board.opened");
    await settled();
    return { here, there, a, b, boardId, pass };
  }
  const usersAt = (page: Page): string[] =>
    page
      .last("board.here")
      .here.map(({ user }) => user)
      .sort();

  it("is one to its people: who is there, what is drawn, and what is shown", async () => {
    const { here, there, a, b, boardId } = await apart();
    for (const page of [a, b]) assert.deepEqual(usersAt(page), [alice, bob]);
    const seats = a.last("board.here").here.map(({ seat }) => seat);
    assert.equal(new Set(seats).size, 2);
    await a.ask(draw(boardId, "one"));
    await b.ask(draw(boardId, "two"));
    await settled();
    for (const page of [a, b])
      assert.deepEqual(
        page.of("board.drawn").map(({ number, by }) => [number, by]),
        [
          [1, alice],
          [2, bob],
        ],
      );
    await a.ask({ type: "board.show", boardId, cursor: [1, 2] });
    await settled();
    assert.deepEqual([b.last("board.shown").cursor, a.of("board.shown").length], [[1, 2], 0]);
    await b.ask({ type: "board.close", boardId });
    await settled();
    assert.deepEqual(usersAt(a), [alice]);
    for (const rig of [there, here]) rig.sessions.close();
    assert.deepEqual([here.messaging.whiteboards.open, there.messaging.whiteboards.open], [0, 0]);
  });

  it("is left at once by who is not of it any more", async () => {
    const { a, b, boardId } = await apart();
    await a.ask({ type: "board.remove", boardId, user: bob });
    await settled();
    assert.equal(b.of("board.left").length, 1);
    const before = b.of("board.drawn").length;
    await a.ask(draw(boardId, "secret"));
    await settled();
    assert.equal(b.of("board.drawn").length, before);
    assert.deepEqual(usersAt(a), [alice]);
  });

  it("shows nobody of a node that is gone, and its own page what was missed", async () => {
    const { there, a, b, boardId, pass } = await apart();
    there.node.bus.isUp = false;
    await a.ask(draw(boardId, "missed"));
    await pass(6_000);
    assert.deepEqual([usersAt(a), b.of("board.drawn").length], [[alice], 0]);
    there.node.bus.isUp = true;
    await pass(2_000);
    assert.deepEqual(
      [usersAt(a), usersAt(b)],
      [
        [alice, bob],
        [alice, bob],
      ],
    );
    const { number } = b.last("board.drawn");
    assert.ok(number > 2, "a gap, by which the page reads what it has not");
  });
});
